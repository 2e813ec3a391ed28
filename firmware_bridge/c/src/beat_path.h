/* The times at which a curve rises again and again at about a known period. */
#ifndef FHI_BEAT_PATH_H
#define FHI_BEAT_PATH_H

#include <stddef.h>

/* Frames of the beats in a curve of unit deviation, by `firmware_bridge/rhythm/beat_path.py`;
 * `period` is in frames, at every frame. `beats` has room for `frames`. Returns how many there are,
 * or -1 when memory runs out. */
long fhi_place_beats(const double *curve, const double *period, size_t frames, long *beats);

#endif
