"""Turn a trained run into one verified, quantised, signed bundle."""
