"""A study that reports are made of."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from fetal_hemo.evaluation import ControlFeatures, ScoreTable, StudyInput


@pytest.fixture(scope="session")
def make_study():
    """A function of the numbers of women and of positives that gives a `StudyInput`."""

    def make(women: int, positives: int) -> StudyInput:
        generator = np.random.default_rng(0)
        rows = 2 * women
        label = (np.arange(rows) < positives).astype(np.int64)
        margin = generator.normal(size=rows) + 1.5 * label
        numbers = {f.name: generator.normal(size=rows) for f in fields(ScoreTable)[10:]}
        table = ScoreTable(
            recording_id=np.array([f"r{i}" for i in range(rows)], dtype=np.str_),
            participant_id=np.array([f"w{i // 2}" for i in range(rows)], dtype=np.str_),
            visit_id=np.array([f"v{i % 2}" for i in range(rows)], dtype=np.str_),
            split=np.array(["test"] * rows, dtype=np.str_),
            label=label,
            bp_class=2 * label,
            abstained=np.zeros(rows, dtype=bool),
            probability=1 / (1 + np.exp(-margin)),
            margin=margin,
            logits=generator.normal(size=(rows, 4)),
            **numbers,
        )
        control = ControlFeatures(generator.normal(size=(40, 3)), generator.normal(size=(rows, 3)))
        return StudyInput(
            test=table,
            control_features={"age_ga_bmi": control, "embedding": control, "a<b": control},
            train_labels=np.arange(40) % 2,
            train_women=np.array([f"t{i}" for i in range(40)], dtype=np.str_),
            embeddings_test=generator.normal(size=(rows, 4)),
            specificity=0.9,
            prevalence=0.05,
            threshold=0.5,
            simulated=True,
            resamples=50,
        )

    return make
