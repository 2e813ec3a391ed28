"""Why a result came out as it did, and checks that what is shown follows from the model."""

from fetal_hemo.explain.explanation import Explanation, explain
from fetal_hemo.explain.hearing import Hearing

__all__ = ["Explanation", "Hearing", "explain"]
