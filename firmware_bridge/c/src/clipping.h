/* How much of each window is clipped: flat runs at the recording's largest or smallest value. */
#ifndef FHI_CLIPPING_H
#define FHI_CLIPPING_H

#include <stddef.h>

/* What one window says; which extremes count is known only with the whole recording. */
typedef struct fhi_clipping {
    float low, high;
    size_t at_low, at_high, size;
} fhi_clipping;

/* Of `count` > 0 samples in about -1 to 1, as `firmware_bridge/clipping.py`. */
fhi_clipping fhi_clipping_of(const float *window, size_t count);

/* Share of a window's samples, 0 to 1, that are held at the extremes `low` and `high`. */
double fhi_clipped_share(const fhi_clipping *window, float low, float high);

#endif
