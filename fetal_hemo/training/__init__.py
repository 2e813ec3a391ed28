"""Cohort -> pairs -> loss -> step: pretraining, fine-tuning and evaluation as functions."""

from fetal_hemo.training.evaluate import evaluate
from fetal_hemo.training.finetune import finetune
from fetal_hemo.training.pretrain import pretrain

__all__ = ["evaluate", "finetune", "pretrain"]
