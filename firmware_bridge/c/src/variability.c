#include "variability.h"

#include <math.h>

enum { EPOCHS_PER_MINUTE = 16, MIN_EPOCHS = 8 };
#define MS_PER_MINUTE 60000.0

double fhi_mean_bpm(const double *bpm, size_t windows)
{
    double sum = 0.0;
    size_t known = 0;
    for (size_t i = 0; i < windows; i++)
        if (!isnan(bpm[i])) {
            sum += bpm[i];
            known++;
        }
    return known ? sum / (double)known : NAN;
}

double fhi_short_term_variation_ms(const double *bpm, size_t windows)
{
    double sum = 0.0;
    size_t pairs = 0;
    for (size_t i = 1; i < windows; i++) {
        double step = fabs(MS_PER_MINUTE / bpm[i] - MS_PER_MINUTE / bpm[i - 1]);
        if (!isnan(step)) {
            sum += step;
            pairs++;
        }
    }
    return pairs >= MIN_EPOCHS ? sum / (double)pairs : NAN;
}

double fhi_long_term_variation_ms(const double *bpm, size_t windows)
{
    double sum = 0.0;
    size_t minutes = 0;
    for (size_t start = 0; start < windows; start += EPOCHS_PER_MINUTE) {
        double least = INFINITY, most = -INFINITY;
        size_t known = 0;
        for (size_t i = start; i < windows && i < start + EPOCHS_PER_MINUTE; i++)
            if (!isnan(bpm[i])) {
                least = fmin(least, MS_PER_MINUTE / bpm[i]);
                most = fmax(most, MS_PER_MINUTE / bpm[i]);
                known++;
            }
        if (known >= MIN_EPOCHS) {
            sum += most - least;
            minutes++;
        }
    }
    return minutes ? sum / (double)minutes : NAN;
}
