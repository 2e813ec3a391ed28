"""Heart-rate methods to compare with: `(windows, 15000)` at 4 kHz -> one rate in bpm for each."""
