"""Echoes under tissue, by arithmetic."""

from __future__ import annotations

import pytest

from fetal_hemo.simulate.depth import echo_loss_db


def test_usual_woman_and_probe_lose_nothing_more() -> None:
    assert echo_loss_db(25.0, 3.3) == pytest.approx(0.0)


def test_ten_points_of_bmi_cost_four_decibels_at_3_3_mhz() -> None:
    assert echo_loss_db(35.0, 3.3) == pytest.approx(3.96)  # 1.2 cm, both ways, 0.5 dB/cm/MHz


def test_a_lower_carrier_reaches_deeper() -> None:
    assert echo_loss_db(35.0, 2.0) < echo_loss_db(35.0, 2.5) < echo_loss_db(35.0, 3.3)
