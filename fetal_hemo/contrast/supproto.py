"""SupProto: each item finds its other view, and its class prototype while that is not yet near."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.contrast.masked import masked_contrast
from fetal_hemo.contrast.similarity import Similarity, cosine
from fetal_hemo.contrast.two_views import two_view_pairs
from fetal_hemo.contrast.unlabelled import labelled_only


def prototype_contrast(
    first: Tensor,
    second: Tensor,
    labels: Tensor,
    prototypes: Tensor,
    temperature: float,
    margin: float = 0.1,
    similarity: Similarity = cosine,
) -> Tensor:
    """Mean loss, a scalar, of two views `(batch, dim)` with classes `(batch,)`.

    `prototypes` `(classes, dim)` are fixed and as far apart as can be (`simplex`; two classes:
    antipodal). With s_ij = z_i.z_j / temperature over the 2N unit vectors,
    l_i = -1/|P(i)| sum_{p in P(i)} [ s_ip - log sum_{j != i} exp(s_ij) ], where P(i) is the other
    view of i and, only while z_i.c_y <= max_{k != y} z_i.c_k + margin, the prototype c_y of i's
    class. No prototype is in the denominator. A negative label is left out. Mildenberger et al.,
    A Tale of Two Classes, CVPR 2025; for more than two classes the nearest other prototype counts.
    """
    first, _ = labelled_only(first, labels)
    second, labels = labelled_only(second, labels)
    both, both_labels = torch.cat([first, second]), labels.repeat(2)
    own, others = two_view_pairs(len(labels), labels.device)
    to_prototypes = similarity(both, prototypes)
    positive = torch.cat([own, _astray(to_prototypes, both_labels, margin)], dim=1)
    scores = torch.cat([similarity(both, both), to_prototypes], dim=1) / temperature
    denominator = functional.pad(own | others, (0, len(prototypes)), value=False)
    return masked_contrast(scores, positive, denominator)


def _astray(to_prototypes: Tensor, labels: Tensor, margin: float) -> Tensor:
    """True at the prototype of a row's class unless nearest by `margin`: `(rows, classes)`."""
    own = functional.one_hot(labels, to_prototypes.shape[1]).bool()
    mine = to_prototypes.masked_fill(~own, -torch.inf).amax(dim=1)
    nearest_other = to_prototypes.masked_fill(own, -torch.inf).amax(dim=1)
    return own & (mine <= nearest_other + margin)[:, None]
