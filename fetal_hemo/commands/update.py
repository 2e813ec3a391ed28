"""`fetal-hemo update`: the device's own way to a new model."""

from firmware_bridge.update.command import HELP, run_update
from firmware_bridge.update.command import add_update_arguments as add_arguments

__all__ = ["HELP", "add_arguments", "run"]

run = run_update
