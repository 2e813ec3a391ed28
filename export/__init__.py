"""Turn a trained run into one verified, quantised, signed bundle."""

import firmware_bridge  # noqa: F401 (before onnxruntime, which it keeps from collecting)
