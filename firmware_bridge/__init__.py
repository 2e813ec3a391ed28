"""Run a verified bundle on recordings: numpy, onnxruntime, soundfile, soxr and cryptography only."""

__version__ = "0.1.0"
