/* Baseline of the fetal heart rate, and where it rises above or falls below it for a while. */
#ifndef FHI_BASELINE_H
#define FHI_BASELINE_H

#include <stddef.h>

typedef struct fhi_excursion {
    double start_s, end_s, peak_bpm; /* signed distance from the baseline */
} fhi_excursion;

/* As `firmware_bridge/rhythm/baseline.py`: 1 and a line through the rates, 0 with fewer than 8 rates,
 * -1 when memory runs out. */
int fhi_baseline_bpm(const double *bpm, size_t windows, double *line);

/* Accelerations (`sign` 1) or decelerations (-1); `found` has room for `windows`. Returns how many. */
size_t fhi_excursions(const double *bpm, const double *line, size_t windows, int sign,
                      fhi_excursion *found);

#endif
