/* Rates of 3.75 s epochs from beat times: mean interval, beats counted in fractions. */
#ifndef FHI_EPOCHS_H
#define FHI_EPOCHS_H

#include <stddef.h>

/* Replaces the track's rates by those of the beats where both agree, as
 * `firmware_bridge/rhythm/epochs.py`. 0 when memory runs out. */
int fhi_epoch_bpm(const double *beats_s, size_t beats, double *bpm, size_t windows);

#endif
