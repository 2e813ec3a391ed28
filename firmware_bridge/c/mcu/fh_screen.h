/* A recording, window by window: samples in, verdict out. No heap, no globals, no libm.
 *
 *     static fh_screen screen;
 *     fh_screen_start(&screen);
 *     while (more) fh_screen_push(&screen, samples, count);
 *     fh_screen_finish(&screen, usable, &verdict);
 *
 * What the Python wrapper has and this has not: the quality classes, the beats, and the reasons to
 * abstain. Which windows count is therefore the caller's to say.
 */
#ifndef FH_SCREEN_H
#define FH_SCREEN_H

#include "fh_front_end.h"
#include "fh_head.h"
#include "fh_trunks.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef FH_MAX_WINDOWS
#define FH_MAX_WINDOWS 160 /* ten minutes */
#endif

typedef struct {
    uint16_t centi_bpm[FH_CANDIDATES]; /* rates it may have, hundredths of a beat a minute */
    int16_t confidence; /* how well it repeats itself at the first of them, 1 is 2^14 */
    uint16_t still;     /* frames of 5 ms without movement, of FH_FRAMES */
    uint8_t evidence[FH_CANDIDATES];
} fh_window;

typedef struct {
    union {
        fh_front_end front_end;
        uint8_t back[FH_MAX_WINDOWS * FH_CANDIDATES];     /* once all windows have been heard */
        float scratch[FH_SCRATCH_FLOATS(FH_MAX_WINDOWS)]; /* once they have been tracked */
    } room;
    fh_kept kept[FH_MAX_WINDOWS];
    fh_window windows[FH_MAX_WINDOWS];
    int32_t count; /* whole windows so far */
} fh_screen;

/* Put first, in every window, the rate that fits its neighbours: the likeliest path through the
 * candidates. `back` is scratch, FH_CANDIDATES bytes a window.
 */
void fh_track(fh_window *windows, int count, uint8_t *back);

/* Mean of the tracked rates, hundredths of a beat a minute, over windows that are not silent and
 * whose rate goes on in a neighbour; 0 where there is none. After fh_screen_finish.
 */
uint16_t fh_mean_rate(const fh_window *windows, int count);

typedef enum { FH_OK = 0, FH_NO_USABLE_WINDOW = 1 } fh_status;

void fh_screen_start(fh_screen *screen);

/* Take samples at 4 kHz; how many were taken: fewer only when FH_MAX_WINDOWS are full. */
int fh_screen_push(fh_screen *screen, const int16_t *samples, int count);

/* The verdict on the windows so far for which `usable[i]` is not 0, whose rates are tracked.
 * Ends the recording.
 */
fh_status fh_screen_finish(fh_screen *screen, const uint8_t *usable, fh_verdict *verdict);

#ifdef __cplusplus
}
#endif
#endif
