/* The two graphs of a bundle as functions of floats. */
#ifndef FHI_GRAPHS_H
#define FHI_GRAPHS_H

#include "bundle.h"
#include "ort.h"
#include "outputs.h"

typedef struct fhi_graphs {
    fhi_ort ort;
    void *window, *recording; /* sessions */
} fhi_graphs;

fh_status fhi_graphs_open(fhi_graphs *graphs, const fhi_bundle *bundle, const char *library,
                          fhi_error *error);
void fhi_graphs_close(fhi_graphs *graphs);

/* Runs a window of 15,000 floats in -1 to 1 by itself: in a batch its last bits would depend on its
 * place. Its rows are written at window `outputs->count`, and `outputs->count` stays. */
fh_status fhi_run_window(const fhi_graphs *graphs, const float *window, fhi_outputs *outputs,
                         fhi_error *error);

/* Logits of the four classes and the attention of `count` windows. `usable` holds 1 or 0, `start_s`
 * may be NULL for windows that follow each other from 0 s. */
fh_status fhi_run_recording(const fhi_graphs *graphs, const float *embeddings, size_t embedding,
                            const float *usable, const float *start_s, size_t count,
                            float logits[FHI_BP_CLASSES], float *attention, fhi_error *error);

#endif
