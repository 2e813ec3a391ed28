"""Which tests stay together when several processes share them."""

from __future__ import annotations

import pytest

from tests.rooms import room


@pytest.mark.parametrize(
    ("test", "its_room"),
    [
        ("tests/fetal_hemo/training/test_fit.py::test_a[x::y/z]", "fetal_hemo/training"),
        ("tests/fetal_hemo/evaluation/leakage/test_b.py::test_b", "fetal_hemo/evaluation"),
        ("tests/firmware_bridge/test_screen.py::test_c", "firmware_bridge"),
        ("tests/export/c_source/test_read.py::test_d", "export"),
        ("tests/test_device_install.py::test_e", ""),
    ],
)
def test_a_room_is_a_folder(test: str, its_room: str) -> None:
    assert room(test) == its_room
