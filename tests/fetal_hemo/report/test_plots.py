"""Every plot says its numbers, and gives None where there is nothing to draw."""

from xml.etree import ElementTree

import numpy as np

from fetal_hemo.evaluation import run_study
from fetal_hemo.report.calibration_plot import calibration_plot
from fetal_hemo.report.forest_plot import forest_plot
from fetal_hemo.report.net_benefit_plot import net_benefit_plot
from fetal_hemo.report.roc_plot import roc_plot
from fetal_hemo.report.training_plot import series_names, training_plot

CHANCE = np.linspace(0, 1, 40)
LABELS = (np.arange(40) % 4 == 3).astype(int)
CURVE = {"probability": [0.1, 0.9], "observed": [0.1, 0.8], "low": [0, 0.7], "high": [0.2, 0.9]}
NO_CURVE: dict[str, list[float]] = {"probability": [], "observed": [], "low": [], "high": []}


def alt(svg: str) -> str:
    return ElementTree.fromstring(svg).get("aria-label")


def test_roc_names_the_operating_point() -> None:
    labels = (CHANCE > 0.5).astype(int)
    assert "sensitivity 0.50 at specificity 1.00" in alt(roc_plot(CHANCE, labels, 0.75))
    assert roc_plot(CHANCE, np.zeros(40), 0.5) is None
    assert roc_plot([], [], 0.5) is None


def test_calibration_counts_its_visits() -> None:
    assert "40 visits in 2 groups" in alt(calibration_plot(CHANCE, LABELS, np.arange(40), CURVE))
    assert calibration_plot([0.5], [1], ["a"], NO_CURVE) is not None
    assert calibration_plot([], [], [], NO_CURVE) is None


def test_forest_shows_model_and_controls(make_study) -> None:
    metrics = run_study(make_study(20, 10))
    told = alt(forest_plot(metrics))
    assert told.startswith("AUROC on simulated data")
    assert f"the model {metrics['auroc']['value']:.2f}" in told
    assert "age + gestational age + BMI" in told
    assert forest_plot(run_study(make_study(3, 0))) is None


def test_net_benefit(make_study) -> None:
    assert "<svg" in net_benefit_plot(run_study(make_study(20, 10))["decision_curve"])
    assert net_benefit_plot([]) is None


def test_training_curves() -> None:
    epochs = [
        {"epoch": 1, "loss": 2.0, "part": 1.0, "stop": False},
        {"epoch": 2, "loss": 1.0, "validation_loss": 1.5, "part": float("nan")},
    ]
    assert series_names(epochs) == ["loss", "part", "validation_loss"]
    told = alt(training_plot(epochs))
    assert "2 epochs" in told
    assert "loss from 2 to 1" in told
    assert "validation loss from 1.5 to 1.5" in told
    assert "part" not in told
    assert training_plot([]) is None
    assert training_plot([{"epoch": 1}]) is None
