"""Supervised contrast: everything of the same class is a positive."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.contrast.unlabelled import labelled_only


def supervised_contrast(embeddings: Tensor, labels: Tensor, temperature: float) -> Tensor:
    """Mean loss, a scalar, of embeddings `(batch, dim)` with classes `(batch,)`.

    With P(i) the other items of i's class and s_ij = z_i.z_j / temperature,
    l_i = -1/|P(i)| sum_{p in P(i)} [ s_ip - log sum_{j != i} exp(s_ij) ],
    averaged over anchors that have a positive; 0 if none has. A negative label is left out.
    log(N - 1) when all embeddings are equal. Khosla et al., NeurIPS 2020, eq. 2 (L_out).
    """
    embeddings, labels = labelled_only(embeddings, labels)
    if len(labels) < 2:
        return embeddings.sum() * 0.0
    vectors = functional.normalize(embeddings, dim=1)
    oneself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    similarity = vectors @ vectors.T / temperature
    denominator = similarity.masked_fill(oneself, -torch.inf).logsumexp(dim=1, keepdim=True)
    positive = ((labels[:, None] == labels[None, :]) & ~oneself).to(vectors.dtype)
    count = positive.sum(dim=1)
    losses = ((denominator - similarity) * positive).sum(dim=1) / count.clamp_min(1.0)
    return losses.sum() / (count > 0).sum().clamp_min(1)
