"""Contrastive objectives, one per file, and what they do to the embedding space."""

from fetal_hemo.contrast.balanced import balanced_contrast
from fetal_hemo.contrast.logit_adjusted import class_log_prior, logit_adjusted_cross_entropy
from fetal_hemo.contrast.multiview import multiview_infonce
from fetal_hemo.contrast.nt_xent import nt_xent
from fetal_hemo.contrast.prototypes import Prototypes
from fetal_hemo.contrast.supcon import supervised_contrast

__all__ = [
    "Prototypes",
    "balanced_contrast",
    "class_log_prior",
    "logit_adjusted_cross_entropy",
    "multiview_infonce",
    "nt_xent",
    "supervised_contrast",
]
