/* Heart rate of every window in the light of its neighbours: a hidden Markov model. */
#ifndef FHI_RATE_TRACK_H
#define FHI_RATE_TRACK_H

#include "lags.h"

/* Chances from state to state; state `rates` is "no pulse". */
typedef struct fhi_rate_model {
    fhi_lags lags;
    double chance[FHI_MOST_RATES + 1][FHI_MOST_RATES + 1];
    double start[FHI_MOST_RATES + 1];
    int near_from[FHI_MOST_RATES], near_to[FHI_MOST_RATES]; /* rates that are one answer */
} fhi_rate_model;

void fhi_rate_model_make(fhi_rate_model *model);

/* `bpm` and `confidence` (probability of a pulse within 4 % of that rate) of every window, as
 * `firmware_bridge/rhythm/rate_track.py`. 0 when memory runs out. */
int fhi_track_rate(const fhi_rate_model *model, const fhi_outputs *outputs, size_t windows,
                   double *bpm, double *confidence);

#endif
