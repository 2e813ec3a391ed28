"""The verbs of `fetal-hemo`, one file each: its arguments, and what it does with them.

Imports of torch, scipy and the like stand inside `run`, so that a device needs none of them.
"""
