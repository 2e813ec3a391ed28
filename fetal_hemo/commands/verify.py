"""`fetal-hemo verify`: the device's own check of a bundle."""

from firmware_bridge.cli import add_verify_arguments as add_arguments
from firmware_bridge.cli import run_verify as run

__all__ = ["HELP", "add_arguments", "run"]

HELP = "check a bundle's signature, hashes and self-test"
