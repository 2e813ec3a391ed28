"""The quality classes once more, from sources that share no model with the training set's.

Only for judging the quality head: nothing is trained on these windows, and nothing is chosen by
them. Hearts are clouds of single scatterers, voices a glottal pulse through resonators, units are
causal analogue filters, and so on; what is shared is what a class means (noise under the heart in
dB, share of the samples cut off) and arithmetic such as `gain`. Every number is our inference.
"""

from fetal_hemo.simulate.heldout.windows import held_out_windows

__all__ = ["held_out_windows"]
