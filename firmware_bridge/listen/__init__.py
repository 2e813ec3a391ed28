"""Screening while the probe is held: live sources, feedback, a result when it is enough."""
