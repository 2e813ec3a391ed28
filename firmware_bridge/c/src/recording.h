/* Samples of one recording on their way into the window graph; memory follows the windows only. */
#ifndef FHI_RECORDING_H
#define FHI_RECORDING_H

#include "clipping.h"
#include "graphs.h"
#include "sha256.h"

typedef struct fhi_recording {
    float window[FH_WINDOW_SAMPLES]; /* the one that is being filled */
    size_t filled;                   /* samples in `window` */
    uint64_t samples;                /* in all */
    float low, high;                 /* extremes so far */
    fhi_outputs outputs;
    fhi_clipping *clipping; /* of every whole window */
    size_t clipping_room;
    fhi_sha256 of_samples, named; /* `named` counts once it has bytes */
} fhi_recording;

void fhi_recording_begin(fhi_recording *recording);
void fhi_recording_free(fhi_recording *recording);

/* Takes samples, which must be finite and in -64 to 64, and runs every window that gets full. */
fh_status fhi_recording_push(fhi_recording *recording, const fhi_graphs *graphs,
                             const float *samples, size_t count, fhi_error *error);

/* How many windows there are, with rows in the outputs, and their clipped shares. A last window that
 * lacks up to 1 ms is filled and run; pushing may go on all the same. Statuses: E-EMPTY,
 * E-TOO-SHORT, E-CONSTANT, E-BUNDLE-SELF-TEST, FH_NO_MEMORY. Free `*clipped`. */
fh_status fhi_recording_windows(fhi_recording *recording, const fhi_graphs *graphs, size_t *windows,
                                double **clipped, fhi_error *error);

#endif
