/* Short- and long-term variation (Dawes & Redman), from one heart rate each 3.75 s. Rates are NaN
 * where there is none, and so is a result that cannot be given. */
#ifndef FHI_VARIABILITY_H
#define FHI_VARIABILITY_H

#include <stddef.h>

double fhi_mean_bpm(const double *bpm, size_t windows);
double fhi_short_term_variation_ms(const double *bpm, size_t windows);
double fhi_long_term_variation_ms(const double *bpm, size_t windows);

#endif
