"""Public data sets as cohorts: read from a local folder or, where there is a network, fetched."""

from fetal_hemo.recordings.public.ctu_uhb import make_ctu_uhb
from fetal_hemo.recordings.public.rhythm_cohort import RhythmCohort, open_rhythm_cohort

__all__ = ["RhythmCohort", "make_ctu_uhb", "open_rhythm_cohort"]
