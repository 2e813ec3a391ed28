"""Contrastive objectives, one per file, and what they do to the embedding space.

Objectives take embeddings, labels and masks, and know nothing of columns; `pairing` turns columns
into masks.
"""

from fetal_hemo.contrast.balanced import balanced_contrast
from fetal_hemo.contrast.collapse import CollapseWarning, collapse_warning
from fetal_hemo.contrast.columns import PairColumns, bands, codes
from fetal_hemo.contrast.decoupled import decoupled_contrast
from fetal_hemo.contrast.diagnosis import Diagnosis, diagnose
from fetal_hemo.contrast.diagnostics import visit_dispersion
from fetal_hemo.contrast.hard_negatives import positive_aware_pairs
from fetal_hemo.contrast.logit_adjusted import class_log_prior, logit_adjusted_cross_entropy
from fetal_hemo.contrast.multiview import multiview_infonce
from fetal_hemo.contrast.neighbours import view_recall
from fetal_hemo.contrast.nt_xent import nt_xent
from fetal_hemo.contrast.pairing import PairRule, find_pairs, patient_aware_pairs
from fetal_hemo.contrast.pairs import Pairs, pair_contrast
from fetal_hemo.contrast.pairwise import pairwise_infonce
from fetal_hemo.contrast.prototypes import Prototypes
from fetal_hemo.contrast.rank_n import rank_n_contrast
from fetal_hemo.contrast.similarity import SIMILARITIES
from fetal_hemo.contrast.supcon import supervised_contrast
from fetal_hemo.contrast.supmin import minority_contrast
from fetal_hemo.contrast.supproto import prototype_contrast
from fetal_hemo.contrast.targeted import Targets, targeted_contrast
from fetal_hemo.contrast.teacher import agreement_weights, ema_teacher, self_distillation

__all__ = [
    "SIMILARITIES",
    "CollapseWarning",
    "Diagnosis",
    "PairColumns",
    "PairRule",
    "Pairs",
    "Prototypes",
    "Targets",
    "agreement_weights",
    "balanced_contrast",
    "bands",
    "class_log_prior",
    "codes",
    "collapse_warning",
    "decoupled_contrast",
    "diagnose",
    "ema_teacher",
    "find_pairs",
    "logit_adjusted_cross_entropy",
    "minority_contrast",
    "multiview_infonce",
    "nt_xent",
    "pair_contrast",
    "pairwise_infonce",
    "patient_aware_pairs",
    "positive_aware_pairs",
    "prototype_contrast",
    "rank_n_contrast",
    "self_distillation",
    "supervised_contrast",
    "targeted_contrast",
    "view_recall",
    "visit_dispersion",
]
