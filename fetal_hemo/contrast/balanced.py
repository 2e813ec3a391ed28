"""Balanced contrast: every class weighs the same in the denominator, however rare it is."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.contrast.unlabelled import labelled_only


def balanced_contrast(
    embeddings: Tensor, labels: Tensor, prototypes: Tensor, temperature: float
) -> Tensor:
    """Mean loss, a scalar, of embeddings `(batch, dim)`, classes `(batch,)` and prototypes.

    `prototypes` is `(classes, dim)`, one for each class, so that every class is in every batch.
    With B_k the items of class k, c_k its prototype, and s_ij = z_i.z_j / temperature,
    l_i = -1/|B_y| sum_{p in (B_y without i) and c_y} [ s_ip - log sum_k A_k ],
    A_k = mean of exp(s_ij) over j in (B_k without i) and c_k, y the class of i.
    log C when all embeddings are equal, whatever the imbalance. A negative label is left out;
    0 if none is left. Zhu et al., Balanced Contrastive Learning, CVPR 2022, eq. 6.
    """
    embeddings, labels = labelled_only(embeddings, labels)
    classes = torch.arange(len(prototypes), device=labels.device)
    vectors = functional.normalize(embeddings, dim=1)
    keys = torch.cat([vectors, functional.normalize(prototypes, dim=1)])
    similarity = vectors @ keys.T / temperature
    oneself = torch.eye(len(vectors), len(keys), dtype=torch.bool, device=labels.device)
    same = labels[:, None] == torch.cat([labels, classes])[None, :]
    members = _members(labels, classes)
    weighed = (similarity - members.log()).masked_fill(oneself, -torch.inf)
    denominator = weighed.logsumexp(dim=1, keepdim=True)
    positive = (same & ~oneself).to(vectors.dtype)
    losses = ((denominator - similarity) * positive).sum(dim=1) / positive.sum(dim=1)
    return losses.sum() / max(len(losses), 1)


def _members(labels: Tensor, classes: Tensor) -> Tensor:
    """How many keys share the class of key j, without the anchor i: `(anchors, keys)`."""
    key_labels = torch.cat([labels, classes])
    sizes = (labels[None, :] == classes[:, None]).sum(dim=1) + 1
    return (sizes[key_labels][None, :] - (labels[:, None] == key_labels[None, :]).long()).float()
