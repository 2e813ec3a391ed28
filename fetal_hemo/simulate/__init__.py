"""Simulated 1D Doppler cohorts with known truth; nothing in here is a measurement."""

from fetal_hemo.simulate.cohort import CohortSummary, simulate_cohort
from fetal_hemo.simulate.quality import quality_windows

__all__ = ["CohortSummary", "quality_windows", "simulate_cohort"]
