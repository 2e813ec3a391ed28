"""Which code makes a row's predictions, by the row's kind."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.ablation.learned import ours, taught
from benchmarks.ablation.lineage import cnn_gru_attention
from benchmarks.ablation.minirocket import minirocket
from benchmarks.ablation.nearest import centroids_only, prototype_bank
from benchmarks.ablation.prediction import CellKey, Prediction
from benchmarks.ablation.rows import Row
from benchmarks.ablation.simple import features, perfect_listener, random_encoder
from benchmarks.ablation.stacked import with_history, with_visits
from benchmarks.ablation.world import FoldVisits, World

Maker = Callable[[Row, FoldVisits, World, CellKey], Prediction]
MAKERS: dict[str, Maker] = {
    "features": features,
    "truth": perfect_listener,
    "random": random_encoder,
    "minirocket": minirocket,
    "lineage": cnn_gru_attention,
    "ours": ours,
    "ours+teacher": taught,
    "ours+history": with_history,
    "ours+visits": with_visits,
    "ours+centroids": centroids_only,
    "ours+bank": prototype_bank,
}
