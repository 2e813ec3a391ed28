"""`fetal-hemo queue`: the device's own queue of results."""

from firmware_bridge.queue.arguments import HELP, run_queue
from firmware_bridge.queue.arguments import add_queue_arguments as add_arguments

__all__ = ["HELP", "add_arguments", "run"]

run = run_queue
