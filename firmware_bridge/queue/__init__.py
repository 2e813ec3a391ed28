"""Results wait here, safe from power cuts, until a receiver has confirmed them: `Outbox`."""
