/* What the window graph says of every window of a recording; memory grows with the windows. */
#ifndef FHI_OUTPUTS_H
#define FHI_OUTPUTS_H

#include <stddef.h>

/* In the order in which they are asked for. */
typedef enum fhi_output {
    FHI_EMBEDDINGS,      /* (views, embedding) */
    FHI_QUALITY,         /* (7) probabilities */
    FHI_RATE,            /* bpm, the window by itself */
    FHI_RATE_CONFIDENCE, /* likewise */
    FHI_DEAD_SHARE,
    FHI_AUTOCORRELATION, /* (lags) */
    FHI_ENVELOPE,        /* (bands, frames) at 100 Hz */
    FHI_OUTPUTS
} fhi_output;

enum { FHI_VIEWS = 3, FHI_LAGS = 395, FHI_FRAMES = 375 };

typedef struct fhi_outputs {
    float *rows[FHI_OUTPUTS];
    size_t width[FHI_OUTPUTS]; /* floats a window; 0 until the graph has run */
    size_t count, room;        /* windows */
} fhi_outputs;

/* Room for `windows` in all; 0 when memory runs out. Needs the widths. */
int fhi_outputs_reserve(fhi_outputs *outputs, size_t windows);
void fhi_outputs_free(fhi_outputs *outputs);

static inline float *fhi_row(const fhi_outputs *outputs, fhi_output which, size_t window)
{
    return outputs->rows[which] + window * outputs->width[which];
}

#endif
