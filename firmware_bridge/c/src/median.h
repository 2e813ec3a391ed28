/* The middle value. */
#ifndef FHI_MEDIAN_H
#define FHI_MEDIAN_H

#include <stddef.h>

/* Median of `count` > 0 numbers, which are put in order. */
double fhi_median(double *values, size_t count);

#endif
