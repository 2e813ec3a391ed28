"""The int8 trunks of a window graph as C99 for microcontrollers, byte-equal to onnxruntime."""
