"""Does anything that was fitted know the women it is judged on? One question a file."""

from fetal_hemo.evaluation.leakage.audit import LeakageInput, audit_leakage
from fetal_hemo.evaluation.leakage.fitted import FITTED, Fitted, read_fitted

__all__ = ["FITTED", "Fitted", "LeakageInput", "audit_leakage", "read_fitted"]
