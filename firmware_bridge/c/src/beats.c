#include "beats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "beat_path.h"
#include "lags.h"

enum { HALF_BEAT = 25, BEAT = 2 * HALF_BEAT + 1, REACH = 6, TAPS = 2 * REACH + 1, ROUNDS = 2 };
#define SMOOTH_FRAMES 1.5
#define SURE 0.5
#define LEAST_DEVIATION 1e-6
#define FRAME_CENTRE 0.25

/* A recording on its way from envelopes to beats. Bands are smoothed rows, one after the other. */
typedef struct search {
    const double *bpm, *confidence;
    size_t windows, bands, frames;
    float *smooth, *loud, *row; /* (bands, frames), (frames), (frames) */
    double *curve, *period;     /* (frames) */
    long *beats;
    long count;
} search;

static size_t window_of(long frame)
{
    return (size_t)frame / FHI_FRAMES;
}

/* One band of one window, centred and in units of its deviation. */
static void scale(const float *envelope, float *scaled)
{
    double mean = 0.0, square = 0.0;
    for (int i = 0; i < FHI_FRAMES; i++)
        mean += (double)envelope[i];
    float middle = (float)(mean / FHI_FRAMES);
    for (int i = 0; i < FHI_FRAMES; i++) {
        scaled[i] = envelope[i] - middle;
        square += (double)scaled[i] * (double)scaled[i];
    }
    float deviation = fmaxf((float)sqrt(square / FHI_FRAMES), (float)LEAST_DEVIATION);
    for (int i = 0; i < FHI_FRAMES; i++)
        scaled[i] /= deviation;
}

/* How well a band repeats itself at the window's rate, squared. */
static float band_weight(const float *scaled, double bpm)
{
    const int lag = (int)rint(60.0 / bpm * FHI_FRAME_RATE_HZ);
    double sum = 0.0;
    for (int i = 0; i + lag < FHI_FRAMES; i++)
        sum += (double)(scaled[i] * scaled[i + lag]);
    float mean = fmaxf((float)(sum / (FHI_FRAMES - lag)), 0.0f);
    return mean * mean;
}

/* A row under a short Gaussian. */
static void smooth(const float *row, float *out, size_t frames)
{
    double bell[TAPS], total = 0.0;
    float taps[TAPS];
    for (int i = 0; i < TAPS; i++)
        total += bell[i] = exp(-0.5 * pow((i - REACH) / SMOOTH_FRAMES, 2.0));
    for (int i = 0; i < TAPS; i++)
        taps[i] = (float)(bell[i] / total);
    for (long at = 0; at < (long)frames; at++) {
        float sum = 0.0f;
        for (long i = 0; i < TAPS; i++) {
            long from = at + i - REACH;
            if (from >= 0 && from < (long)frames)
                sum += taps[i] * row[from];
        }
        out[at] = sum;
    }
}

/* Smoothed bands, and loudness: the bands by how well they repeat themselves. */
static void prepare(search *s, const fhi_outputs *outputs)
{
    memset(s->loud, 0, s->frames * sizeof *s->loud);
    for (size_t band = 0; band < s->bands; band++) {
        for (size_t w = 0; w < s->windows; w++) {
            float *scaled = s->row + w * FHI_FRAMES;
            scale(fhi_row(outputs, FHI_ENVELOPE, w) + band * FHI_FRAMES, scaled);
            float weight = band_weight(scaled, s->bpm[w]);
            for (int i = 0; i < FHI_FRAMES; i++)
                s->loud[w * FHI_FRAMES + i] += weight * scaled[i];
        }
        smooth(s->row, s->smooth + band * s->frames, s->frames);
    }
}

/* Expected period at every frame, between the middles of windows that are sure; 0 without any. */
static int expect_period(search *s)
{
    double last_at = 0.0, last = 0.0;
    size_t frame = 0;
    int known = 0;
    for (size_t w = 0; w < s->windows; w++) {
        if (!(s->confidence[w] >= SURE))
            continue;
        double at = ((double)w + 0.5) * FHI_FRAMES, here = 60.0 / s->bpm[w] * FHI_FRAME_RATE_HZ;
        double slope = known ? (here - last) / (at - last_at) : 0.0;
        for (; frame < s->frames && (double)frame < at; frame++)
            s->period[frame] = known ? slope * ((double)frame - last_at) + last : here;
        last_at = at;
        last = here;
        known = 1;
    }
    for (; known && frame < s->frames; frame++)
        s->period[frame] = last;
    return known;
}

/* The curve from a row, weighted by confidence, with unit deviation. */
static void make_curve(search *s, const float *row)
{
    double mean = 0.0, square = 0.0;
    for (size_t i = 0; i < s->frames; i++)
        mean += s->curve[i] = (double)row[i] * s->confidence[i / FHI_FRAMES];
    mean /= (double)s->frames;
    for (size_t i = 0; i < s->frames; i++)
        square += (s->curve[i] - mean) * (s->curve[i] - mean);
    double deviation = fmax(sqrt(square / (double)s->frames), LEAST_DEVIATION);
    for (size_t i = 0; i < s->frames; i++)
        s->curve[i] /= deviation;
}

/* The mean of one band around the beats of windows that are sure, less its own mean; 0 without. */
static int mean_beat(const search *s, const float *band, float shape[BEAT])
{
    double sum[BEAT] = {0}, mean = 0.0;
    long known = 0;
    for (long i = 0; i < s->count; i++) {
        long beat = s->beats[i];
        if (beat < HALF_BEAT || beat >= (long)s->frames - HALF_BEAT ||
            !(s->confidence[window_of(beat)] >= SURE))
            continue;
        for (int k = 0; k < BEAT; k++)
            sum[k] += (double)band[beat - HALF_BEAT + k];
        known++;
    }
    for (int k = 0; known && k < BEAT; k++)
        mean += sum[k] /= (double)known;
    for (int k = 0; k < BEAT; k++)
        shape[k] = (float)sum[k] - (float)(mean / BEAT);
    return known > 0;
}

/* Adds to `row` how much every frame of a band looks like a shape. Frames are the inner loop: their
 * sums do not wait for each other. */
static void correlate(const float *band, const float shape[BEAT], float *sum, float *row, long frames)
{
    memset(sum, 0, (size_t)frames * sizeof *sum);
    for (long k = 0; k < BEAT; k++) {
        const long away = k - HALF_BEAT, from = away < 0 ? -away : 0;
        const long to = away > 0 ? frames - away : frames;
        for (long at = from; at < to; at++)
            sum[at] += band[at + away] * shape[k];
    }
    for (long at = 0; at < frames; at++)
        row[at] += sum[at];
}

/* How much every frame looks like the middle of the recording's mean beat, into `row`. */
static void likeness(search *s)
{
    float shape[BEAT];
    memset(s->row, 0, s->frames * sizeof *s->row);
    for (size_t b = 0; b < s->bands; b++) {
        const float *band = s->smooth + b * s->frames;
        if (!mean_beat(s, band, shape)) {
            for (size_t i = 0; i < s->frames; i++)
                s->row[i] += band[i];
            continue;
        }
        correlate(band, shape, s->loud, s->row, (long)s->frames); /* loudness has served */
    }
}

/* Beats in seconds, each at the top of the parabola through its neighbours. */
static void time_beats(const search *s, double *beats_s)
{
    for (long i = 0; i < s->count; i++) {
        long at = s->beats[i], last = (long)s->frames - 2;
        at = at < 1 ? 1 : at > last ? last : at;
        double offset = fhi_vertex(s->curve[at - 1], s->curve[at], s->curve[at + 1]);
        beats_s[i] = ((double)s->beats[i] + FRAME_CENTRE + offset) / FHI_FRAME_RATE_HZ;
    }
}

long fhi_find_beats(const fhi_outputs *outputs, size_t windows, const double *bpm,
                    const double *confidence, double *beats_s)
{
    const size_t bands = outputs->width[FHI_ENVELOPE] / FHI_FRAMES, frames = windows * FHI_FRAMES;
    search s = {.bpm = bpm, .confidence = confidence, .windows = windows, .bands = bands,
                .frames = frames};
    s.smooth = malloc((bands + 2) * frames * sizeof *s.smooth);
    s.curve = malloc(2 * frames * sizeof *s.curve);
    s.beats = malloc(frames * sizeof *s.beats);
    if (s.smooth && s.curve && s.beats) {
        s.loud = s.smooth + bands * frames;
        s.row = s.loud + frames;
        s.period = s.curve + frames;
        if (expect_period(&s)) {
            prepare(&s, outputs);
            smooth(s.loud, s.row, frames);
            for (int round = 0; round <= ROUNDS && s.count >= 0; round++) {
                if (round)
                    likeness(&s);
                make_curve(&s, s.row);
                s.count = fhi_place_beats(s.curve, s.period, frames, s.beats);
            }
            time_beats(&s, beats_s);
        }
    } else {
        s.count = -1;
    }
    free(s.smooth);
    free(s.curve);
    free(s.beats);
    return s.count;
}
