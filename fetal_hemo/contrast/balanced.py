"""Balanced contrast: every class weighs the same in the denominator, however rare it is."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.contrast.masked import masked_contrast, oneself
from fetal_hemo.contrast.similarity import Similarity, cosine, inner
from fetal_hemo.contrast.two_views import equal
from fetal_hemo.contrast.unlabelled import labelled_only, labelled_pairs


def balanced_contrast(
    embeddings: Tensor,
    labels: Tensor,
    prototypes: Tensor,
    temperature: float,
    allowed: Tensor | None = None,
    similarity: Similarity = cosine,
) -> Tensor:
    """Mean loss, a scalar, of embeddings `(batch, dim)`, classes `(batch,)` and prototypes.

    `prototypes` is `(classes, dim)`, one for each class, so that every class is in every batch.
    With B_k the items of class k, c_k its prototype, and s_ij = z_i.z_j / temperature,
    l_i = -1/|B_y| sum_{p in (B_y without i) and c_y} [ s_ip - log sum_k A_k ],
    A_k = mean of exp(s_ij) over j in (B_k without i) and c_k, y the class of i.
    log C when all embeddings are equal, whatever the imbalance. A negative label is left out;
    0 if none is left. A pair of items that is not `allowed`, bool `(batch, batch)`, is neither
    positive nor in a mean. Zhu et al., Balanced Contrastive Learning, CVPR 2022, eq. 6.
    """
    allowed = labelled_pairs(allowed, labels)
    embeddings, labels = labelled_only(embeddings, labels)
    classes = torch.arange(len(prototypes), device=labels.device)
    key_labels = torch.cat([labels, classes])
    scores = similarity(embeddings, torch.cat([embeddings, prototypes])) / temperature
    kept = functional.pad(allowed, (0, len(classes)), value=True)
    kept = kept & ~oneself(len(labels), len(key_labels), labels.device)
    positive = equal(labels, key_labels) & kept
    members = _members(kept, key_labels, len(classes))
    return masked_contrast(scores, positive, kept, -members.to(scores.dtype).log())


def _members(kept: Tensor, key_labels: Tensor, classes: int) -> Tensor:
    """How many kept keys share the class of key j, for anchor i: `(anchors, keys)`, 1 or more."""
    one_hot = functional.one_hot(key_labels, classes).float()
    return inner(kept.float(), one_hot.T)[:, key_labels]
