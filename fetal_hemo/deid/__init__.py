"""A new cohort without names, tags and (if asked) speech, and a key that is kept apart."""

from fetal_hemo.deid.deidentify import Choices, deidentify
from fetal_hemo.deid.outcome import Deidentified
from fetal_hemo.deid.scan import Scan, scan_cohort

__all__ = ["Choices", "Deidentified", "Scan", "deidentify", "scan_cohort"]
