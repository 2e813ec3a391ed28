#include "baseline.h"

#include <math.h>
#include <stdlib.h>

#include "beats.h"
#include "median.h"

enum { MIN_EPOCHS = 8, SMOOTHING_EPOCHS = 16, ROUNDS = 5 };
#define PEAK_BPM 15.0
#define EDGE_BPM 10.0
#define LEAST_S 15.0
enum { SHORT_GAP = 2 }; /* epochs without a rate that do not end an excursion */

/* Weighted mean under a two-sided exponential; the old line where no weight is within reach. */
static double mean_around(const double *bpm, const int *near, const double *line, size_t windows,
                          size_t middle)
{
    double total = 0.0, sum = 0.0;
    for (size_t i = 0; i < windows; i++) {
        if (!near[i])
            continue;
        double weight = exp(-fabs((double)i - (double)middle) / SMOOTHING_EPOCHS);
        total += weight;
        sum += weight * bpm[i];
    }
    return total > 1e-3 ? sum / total : line[middle];
}

int fhi_baseline_bpm(const double *bpm, size_t windows, double *line)
{
    static const double TRIM_BPM[ROUNDS] = {40.0, 20.0, 15.0, 10.0, 10.0};
    double *next = malloc((windows + 1) * sizeof *next);
    int *near = malloc((windows + 1) * sizeof *near);
    size_t known = 0;
    for (size_t i = 0; next && near && i < windows; i++)
        if (!isnan(bpm[i]))
            next[known++] = bpm[i];
    int enough = !next || !near ? -1 : known >= MIN_EPOCHS;
    double middle = enough == 1 ? fhi_median(next, known) : NAN;
    for (size_t i = 0; i < windows; i++)
        line[i] = middle;
    for (int round = 0; enough == 1 && round < ROUNDS; round++) {
        size_t count = 0;
        for (size_t i = 0; i < windows; i++)
            count += (size_t)(near[i] = !isnan(bpm[i]) && fabs(bpm[i] - line[i]) <= TRIM_BPM[round]);
        if (count < MIN_EPOCHS)
            break;
        for (size_t i = 0; i < windows; i++)
            next[i] = mean_around(bpm, near, line, windows, i);
        for (size_t i = 0; i < windows; i++)
            line[i] = next[i];
    }
    free(next);
    free(near);
    return enough;
}

/* A rate, or in a short gap what a straight line through its ends gives; else NaN. */
static double bridged(const double *bpm, size_t windows, size_t at)
{
    size_t before = at, after = at;
    while (before > 0 && at - before <= SHORT_GAP && isnan(bpm[before]))
        before--;
    while (after + 1 < windows && after - at <= SHORT_GAP && isnan(bpm[after]))
        after++;
    if (after == before || after - before > SHORT_GAP + 1)
        return bpm[at];
    double share = (double)(at - before) / (double)(after - before);
    return bpm[before] + share * (bpm[after] - bpm[before]);
}

size_t fhi_excursions(const double *bpm, const double *line, size_t windows, int sign,
                      fhi_excursion *found)
{
    size_t count = 0;
    for (size_t first = 0; first < windows; first++) {
        size_t stop = first;
        double peak = -INFINITY;
        for (; stop < windows; stop++) {
            double away = sign * (bridged(bpm, windows, stop) - line[stop]);
            if (!(away >= EDGE_BPM)) /* nor for NaN */
                break;
            peak = fmax(peak, away);
        }
        if (stop > first && (double)(stop - first) * FHI_WINDOW_S >= LEAST_S && peak >= PEAK_BPM) {
            fhi_excursion one = {(double)first * FHI_WINDOW_S, (double)stop * FHI_WINDOW_S,
                                 sign * peak};
            found[count++] = one;
        }
        if (stop > first)
            first = stop;
    }
    return count;
}
