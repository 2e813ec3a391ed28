/* The two graphs of a bundle as functions of floats. */
#ifndef FHI_GRAPHS_H
#define FHI_GRAPHS_H

#include "bundle.h"
#include "ort.h"
#include "outputs.h"

/* Windows a run, as in `firmware_bridge/runtime.py`: the same blocks give the same bits. */
enum { FHI_BLOCK = 8 };

typedef struct fhi_graphs {
    fhi_ort ort;
    void *window, *recording; /* sessions */
} fhi_graphs;

fh_status fhi_graphs_open(fhi_graphs *graphs, const fhi_bundle *bundle, const char *library,
                          fhi_error *error);
void fhi_graphs_close(fhi_graphs *graphs);

/* Runs `count` windows of 15,000 floats in -1 to 1 as one block; their rows are written from window
 * `outputs->count` on, and `outputs->count` stays. */
fh_status fhi_run_windows(const fhi_graphs *graphs, const float *windows, size_t count,
                          fhi_outputs *outputs, fhi_error *error);

/* Logits of the four classes and the attention of `count` windows. `usable` holds 1 or 0, `start_s`
 * may be NULL for windows that follow each other from 0 s. */
fh_status fhi_run_recording(const fhi_graphs *graphs, const float *embeddings, size_t embedding,
                            const float *usable, const float *start_s, size_t count,
                            float logits[FHI_BP_CLASSES], float *attention, fhi_error *error);

#endif
