"""`fetal-hemo screen`: the device's own screening."""

from fetal_hemo.commands.arguments import NOT_A_DIAGNOSIS
from firmware_bridge.cli import add_screen_arguments as add_arguments
from firmware_bridge.cli import run_screen as run

__all__ = ["DETAILS", "HELP", "add_arguments", "run"]

HELP = "screen recordings"
DETAILS = f"heart rate, quality and a probability for each recording. {NOT_A_DIAGNOSIS}"
