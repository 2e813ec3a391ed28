"""`fetal-hemo listen`: the device's own listening to a probe."""

from fetal_hemo.commands.arguments import NOT_A_DIAGNOSIS
from firmware_bridge.cli import add_listen_arguments as add_arguments
from firmware_bridge.cli import run_listen as run

__all__ = ["DETAILS", "HELP", "add_arguments", "run"]

HELP = "screen while the probe is held"
DETAILS = (
    "Says four times a second how good the signal is and after every window what is missing, and "
    f"stops by itself when the answer is steady. {NOT_A_DIAGNOSIS}"
)
