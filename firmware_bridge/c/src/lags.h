/* The lags of the autocorrelation, those a fetal beat may have, and what is believed of them. */
#ifndef FHI_LAGS_H
#define FHI_LAGS_H

#include "outputs.h"

enum { FHI_MOST_RATES = 160 };

#define FHI_FIRST_LAG_S 0.15
#define FHI_LAG_STEP_S 0.004

/* Tables as in `firmware_bridge/rhythm/lags.py`; a rate is the index of one of them. */
typedef struct fhi_lags {
    double seconds[FHI_LAGS];
    int rates;                  /* how many of the lags a beat may have */
    int beat[FHI_MOST_RATES];   /* index of a rate's lag */
    int twice[FHI_MOST_RATES];  /* index of twice that lag */
    double beat_s[FHI_MOST_RATES], bpm[FHI_MOST_RATES], prior[FHI_MOST_RATES];
} fhi_lags;

void fhi_lags_make(fhi_lags *lags);

/* Offset in steps, -0.5 to 0.5, of the parabola through three neighbouring points. The second form
 * works in single precision, as numpy does on the curves of the graph. */
double fhi_vertex(double before, double here, double after);
float fhi_vertex_single(float before, float here, float after);

#endif
