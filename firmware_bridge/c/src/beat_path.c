#include "beat_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 3000, MARGIN = 200, ROW = PIECE + 2 * MARGIN }; /* 30 s and 2 s at 100 Hz */
#define STRICTNESS 500.0

/* Intervals that a beat may have, in frames, with their logarithms. */
typedef struct intervals {
    long shortest, longest;
    float *log_lag; /* (longest - shortest + 1) */
} intervals;

/* Room for one piece of the recording. */
typedef struct piece {
    double rises[ROW];
    float log_period[ROW], *earned; /* `earned` begins `longest` frames early, with zeros */
    long came_from[ROW], path[ROW];
} piece;

static float strict_log(double x)
{
    return (float)sqrt(STRICTNESS) * (float)log(x);
}

static int make_intervals(intervals *found, const double *period, size_t frames)
{
    double least = period[0], most = period[0];
    for (size_t i = 0; i < frames; i++) {
        least = fmin(least, period[i]);
        most = fmax(most, period[i]);
    }
    found->shortest = (long)(0.7 * least);
    found->longest = (long)ceil(1.4 * most);
    found->log_lag = malloc((size_t)(found->longest - found->shortest + 1) * sizeof(float));
    for (long lag = found->shortest; found->log_lag && lag <= found->longest; lag++)
        found->log_lag[lag - found->shortest] = strict_log((double)lag);
    return found->log_lag != NULL;
}

/* What is padded repeats the edge in the period and is zero in the curve. */
static void cut(piece *p, const double *curve, const double *period, size_t frames, long start)
{
    for (long i = 0; i < ROW; i++) {
        long at = start + i - MARGIN, last = (long)frames - 1;
        p->rises[i] = at < 0 || at > last ? 0.0 : curve[at];
        p->log_period[i] = strict_log(period[at < 0 ? 0 : at > last ? last : at]);
    }
}

/* Fills `path` with the best path of beats, the last first; returns their number. */
static long best_path(piece *p, const intervals *all)
{
    float *earned = p->earned + all->longest;
    memset(p->earned, 0, (size_t)all->longest * sizeof *p->earned);
    for (long frame = 0; frame < ROW; frame++) {
        float best = 0.0f;
        long picked = -1;
        for (long lag = all->shortest; lag <= all->longest; lag++) {
            float price = all->log_lag[lag - all->shortest] - p->log_period[frame];
            float gain = earned[frame - lag] - price * price;
            if (picked < 0 || gain > best) {
                best = gain;
                picked = lag;
            }
        }
        int follows = best > 0.0f && frame - picked >= 0;
        earned[frame] = (float)(p->rises[frame] + (follows ? (double)best : 0.0));
        p->came_from[frame] = follows ? frame - picked : -1;
    }
    long end = ROW - all->longest, count = 0;
    for (long frame = end; frame < ROW; frame++)
        if (earned[frame] > earned[end])
            end = frame;
    for (long frame = end; frame >= 0; frame = p->came_from[frame])
        p->path[count++] = frame;
    return count;
}

/* Adds a beat, unless the one before is too close: then the higher of both stays. */
static long keep(long *beats, long count, long beat, const double *curve, const double *period)
{
    if (count > 0 && (double)(beat - beats[count - 1]) < 0.5 * period[beat]) {
        if (curve[beat] > curve[beats[count - 1]])
            beats[count - 1] = beat;
        return count;
    }
    beats[count] = beat;
    return count + 1;
}

long fhi_place_beats(const double *curve, const double *period, size_t frames, long *beats)
{
    intervals all;
    long count = 0;
    piece *p = malloc(sizeof *p);
    int room = make_intervals(&all, period, frames);
    float *earned = malloc((size_t)(all.longest + ROW) * sizeof *earned);
    if (!p || !room || !earned)
        count = -1;
    for (long start = 0; count >= 0 && start < (long)frames; start += PIECE) {
        p->earned = earned;
        cut(p, curve, period, frames, start);
        for (long i = best_path(p, &all) - 1; i >= 0; i--) {
            long beat = p->path[i] - MARGIN + start;
            if (p->path[i] >= MARGIN && p->path[i] < MARGIN + PIECE && beat < (long)frames)
                count = keep(beats, count, beat, curve, period);
        }
    }
    free(earned);
    free(all.log_lag);
    free(p);
    return count;
}
