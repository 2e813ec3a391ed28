/* Does the heart beat twice as fast as the rate that was found? See rhythm/half_rate.py. */
#ifndef FHI_HALF_RATE_H
#define FHI_HALF_RATE_H

/* Whether the curve of a window is as high at half the lag of `bpm` as at the whole. */
int fhi_is_half_the_rate(const float *autocorrelation, double bpm);

#endif
