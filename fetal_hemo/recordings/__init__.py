"""Recordings as they come from a clinic: manifest, audio, labels, women and their splits."""
