"""Pure statistics in which the woman is the unit: intervals, controls and the study."""

from fetal_hemo.evaluation.controls import ControlFeatures
from fetal_hemo.evaluation.estimate import Estimate
from fetal_hemo.evaluation.fitted_controls import ControlScores, fit_controls
from fetal_hemo.evaluation.scores import ScoreTable, read_scores
from fetal_hemo.evaluation.study import run_study
from fetal_hemo.evaluation.study_input import StudyInput

__all__ = [
    "ControlFeatures",
    "ControlScores",
    "Estimate",
    "ScoreTable",
    "StudyInput",
    "fit_controls",
    "read_scores",
    "run_study",
]
