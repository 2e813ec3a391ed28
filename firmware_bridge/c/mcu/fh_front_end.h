/* Samples -> what the trunks read, in integers only, a window of 3.75 s at a time.
 *
 * The same signal path as fetal_hemo.signals, from tables that are made from it. Memory does not
 * hold the window's samples: bands are kept as logarithms until the window's level is known.
 */
#ifndef FH_FRONT_END_H
#define FH_FRONT_END_H

#include <stdint.h>

#include "fh_front_end_tables.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The last samples at one rate; `next` is the number of the sample that comes next. */
typedef struct {
    uint8_t *samples;
    int32_t next;
    uint16_t count, capacity, kept;
    uint8_t width; /* bytes of a sample */
} fh_history;

/* What a kernel of the frame that is due needs of each rate, and room so as to move it seldom;
 * even numbers, so that it moves in words.
 */
#define FH_KEPT_0 (FH_LEAD + FH_LEAD % 2 + FH_FRAME_SAMPLES * 5)
#define FH_KEPT_1 (FH_FACTOR_2 * FH_REACH + FH_HALF_2 + 60)
#define FH_KEPT_2 (2 * FH_REACH + 1)
#define FH_ROOM_0 350
#define FH_ROOM 64

#define FH_FRAME_BYTES (FH_BANDS * 3 / 2) /* 12 bits a band */

/* While a window is heard; its place is used again when the rhythm is looked for. */
typedef struct {
    int16_t edge[FH_LEAD + 1]; /* the window's first or last samples */
    int16_t fast[FH_KEPT_0 + FH_ROOM_0]; /* 4,000 Hz */
    int32_t middle[FH_KEPT_1 + FH_ROOM]; /* 800 Hz, 14 bits behind the point: low bands are quiet */
    int32_t slow[FH_KEPT_2 + FH_ROOM];   /* 400 Hz, likewise */
    fh_history rates[3];
    int32_t due; /* how many of the fastest make the next sample at 800 Hz */
} fh_hearing;

typedef struct {
    int16_t steps[FH_GROUPS][FH_STEPS];
    int16_t cosine[FH_STEPS], sine[FH_STEPS];
    int16_t autocorrelation[FH_LAGS]; /* 1 is 2^14; at lags that a beat may have and twice those */
} fh_spectrum_room;

#define FH_INTERVAL_ROOM (FH_INTERVAL_STEPS + 5) /* zeros that the last products meet */

typedef struct {
    union {
        uint8_t bands[FH_FRAMES * FH_FRAME_BYTES]; /* log2 of magnitudes, 7 bits behind the point */
        uint32_t power[FH_GROUPS][FH_LINES]; /* of the envelopes; then shares of 2^15 in all */
    } first;
    int16_t envelope[FH_FRAMES][FH_GROUPS];    /* log2 of magnitudes, 10 bits; later ln, 10 bits */
    union {
        fh_hearing hearing;
        fh_spectrum_room spectrum;
        int16_t units[FH_GROUPS][FH_INTERVAL_ROOM];
        uint8_t byte_of[4096];
    } room;
    uint64_t level;              /* sum of all magnitudes */
    uint64_t loudness[FH_GROUPS];
    int32_t taken;               /* samples of the window so far */
    int16_t lowest, highest;     /* of the 5 ms that are under way */
    uint16_t frame_left;         /* samples until their end */
    uint16_t still;              /* frames of 5 ms without movement */
} fh_front_end;

enum { FH_CANDIDATES = 3 }; /* rates that a window may have */

typedef struct {
    int16_t confidence; /* of the first candidate, 1 is 2^14 */
    uint16_t centi_bpm[FH_CANDIDATES]; /* hundredths of a beat a minute, the likeliest first */
    uint8_t evidence[FH_CANDIDATES]; /* how much speaks for each, eighths of a nat */
} fh_rhythm;

/* Begin a window. */
void fh_front_end_start(fh_front_end *front_end);

/* Take samples at 4 kHz up to the window's end; how many were taken. */
int fh_front_end_push(fh_front_end *front_end, const int16_t *samples, int count);

/* Whether the window is whole; then the four calls below, once each and in this order; the third
 * overwrites `bands`.
 */
int fh_front_end_whole(const fh_front_end *front_end);

/* The log scalogram as bytes [FH_FRAMES][FH_BANDS]: value * multiplier / 1024 / 2^10 + zero_point,
 * so that the multiplier is 1024 / scale. `to` may be the start of `bands` itself, whose content is
 * then gone.
 */
void fh_front_end_scalogram(fh_front_end *front_end, int32_t multiplier, int zero_point,
                            uint8_t *to);

/* The log envelopes as bytes [FH_FRAMES][FH_GROUPS], likewise. */
void fh_front_end_envelope(fh_front_end *front_end, int32_t multiplier, int zero_point,
                           uint8_t *to);

/* Heart rate of this window by itself. */
void fh_front_end_rhythm(fh_front_end *front_end, fh_rhythm *rhythm);

/* How well each group's envelope follows each other's, at lags taken from this rate to the
 * reference rate, as bytes [FH_INTERVAL_LAGS][FH_GROUPS * FH_GROUPS]; the multiplier is again
 * 1024 / scale.
 */
void fh_front_end_intervals(fh_front_end *front_end, uint16_t centi_bpm, int32_t multiplier,
                            int zero_point, uint8_t *to);

#ifdef __cplusplus
}
#endif
#endif
