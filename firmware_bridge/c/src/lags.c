#include "lags.h"

#include <math.h>

#define SHORTEST_BEAT_S 0.2873
#define LONGEST_BEAT_S 0.8391
#define PRIOR_BPM 140.0
#define PRIOR_LOG_WIDTH 0.5

void fhi_lags_make(fhi_lags *lags)
{
    const double first = FHI_FIRST_LAG_S, step = (first + FHI_LAG_STEP_S) - first; /* as numpy.arange steps */
    lags->rates = 0;
    for (int i = 0; i < FHI_LAGS; i++) {
        double seconds = first + i * step;
        lags->seconds[i] = seconds;
        if (seconds < SHORTEST_BEAT_S || seconds > LONGEST_BEAT_S)
            continue;
        int rate = lags->rates++;
        double bpm = 60.0 / seconds, away = log(bpm / PRIOR_BPM) / PRIOR_LOG_WIDTH;
        lags->beat[rate] = i;
        lags->twice[rate] = (int)rint((2.0 * seconds - first) / FHI_LAG_STEP_S);
        lags->beat_s[rate] = seconds;
        lags->bpm[rate] = bpm;
        lags->prior[rate] = exp(-0.5 * away * away);
    }
}

double fhi_vertex(double before, double here, double after)
{
    double bend = fmax(2.0 * here - before - after, 1e-6);
    return fmin(fmax(0.5 * (after - before) / bend, -0.5), 0.5);
}

float fhi_vertex_single(float before, float here, float after)
{
    float bend = fmaxf(2.0f * here - before - after, 1e-6f);
    return fminf(fmaxf(0.5f * (after - before) / bend, -0.5f), 0.5f);
}
