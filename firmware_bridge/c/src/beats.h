/* Times of the heart beats of a recording. */
#ifndef FHI_BEATS_H
#define FHI_BEATS_H

#include "outputs.h"

#define FHI_WINDOW_S 3.75
#define FHI_FRAME_RATE_HZ 100

/* Times in seconds, as `firmware_bridge/rhythm/beats.py`, from the rates of consecutive windows.
 * `beats_s` has room for every frame. Returns how many there are, -1 when memory runs out. */
long fhi_find_beats(const fhi_outputs *outputs, size_t windows, const double *bpm,
                    const double *confidence, double *beats_s);

#endif
