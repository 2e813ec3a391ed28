/* Whose pulse is it? A slow rhythm that never joins a fetal rate may be the mother's. */
#ifndef FHI_PULSE_SOURCE_H
#define FHI_PULSE_SOURCE_H

#include <stddef.h>

#define FHI_FETAL_BPM 110.0

/* Flags of the windows in a stretch of one rhythm whose median is below 110 bpm, as
 * `firmware_bridge/rhythm/pulse_source.py`; `bpm` is NaN where there is no rate. 0 when memory runs
 * out. */
int fhi_may_be_maternal(const double *bpm, size_t windows, int *maternal);

#endif
