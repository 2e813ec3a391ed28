#include "clipping.h"

#include <math.h>

enum { RUN = 3, COARSE_LEVELS = 32 };
#define FULL_SCALE 0.98

/* How many samples of a value stand in runs of at least RUN. */
static size_t in_runs(const float *window, size_t count, float value)
{
    size_t total = 0, run = 0;
    for (size_t i = 0; i <= count; i++) {
        if (i < count && window[i] == value) {
            run++;
            continue;
        }
        total += run >= RUN ? run : 0;
        run = 0;
    }
    return total;
}

static int has_few_levels(const float *window, size_t count)
{
    float levels[COARSE_LEVELS];
    int known = 0;
    for (size_t i = 0; i < count; i++) {
        int at = 0;
        while (at < known && levels[at] != window[i])
            at++;
        if (at < known)
            continue;
        if (known == COARSE_LEVELS - 1)
            return 0;
        levels[known++] = window[i];
    }
    return 1;
}

fhi_clipping fhi_clipping_of(const float *window, size_t count)
{
    fhi_clipping found = {window[0], window[0], 0, 0, count};
    for (size_t i = 1; i < count; i++) {
        found.low = fminf(found.low, window[i]);
        found.high = fmaxf(found.high, window[i]);
    }
    found.at_low = in_runs(window, count, found.low);
    found.at_high = in_runs(window, count, found.high);
    double peak = fmax(-(double)found.low, (double)found.high);
    /* flat runs of a quiet signal on a coarse scale (8 bit, or a few steps) are no clipping */
    if (found.at_low + found.at_high > 0 && peak < FULL_SCALE &&
        has_few_levels(window, count))
        found.at_low = found.at_high = 0;
    return found;
}

double fhi_clipped_share(const fhi_clipping *window, float low, float high)
{
    size_t clipped = (window->low == low ? window->at_low : 0) +
                     (window->high == high ? window->at_high : 0);
    return (double)clipped / (double)window->size;
}
