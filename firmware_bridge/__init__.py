"""Run a verified bundle on recordings, with no training library on the device."""

import os

__version__ = "0.1.0"

# onnxruntime 1.32 would keep a device id and events in the home folder and send them to its maker;
# it asks when it is loaded, and its releases do not agree on the name.
for _name in ("ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED"):
    os.environ[_name] = "1"
