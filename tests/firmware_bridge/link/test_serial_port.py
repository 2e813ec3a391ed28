"""A serial port that changes no byte, and what is no port."""

from __future__ import annotations

import os
import termios

import pytest

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.link.serial_port import open_port


def test_the_port_changes_no_byte() -> None:
    """Every value of a byte comes through the terminal as it was sent."""
    master, slave = os.openpty()
    port = open_port(os.ttyname(slave))
    assert termios.tcgetattr(port)[4:6] == [termios.B115200, termios.B115200]
    everything = bytes(range(256)) * 4
    os.write(master, everything)
    found = b""
    while len(found) < len(everything):
        found += os.read(port, 4_096)
    assert found == everything
    for descriptor in (port, slave, master):
        os.close(descriptor)


@pytest.mark.parametrize(
    ("port", "baud"), [("/dev/null", 115_200), ("/nowhere", 115_200), ("/dev/null", 12_345)]
)
def test_what_is_no_port_is_named(port: str, baud: int) -> None:
    with pytest.raises(FetalHemoError, match=r"^E-SOURCE: .*" + port):
        open_port(port, baud)
