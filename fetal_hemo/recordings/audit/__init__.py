"""The single questions that `fetal-hemo check` asks of a cohort, one a file."""
