/* ONNX Runtime through its C table, without its header: no package that ships the library has one.
 *
 * The table `OrtApi` is only ever appended to, so a slot keeps its meaning in every release; the
 * ones used here are numbered in ort.c. */
#ifndef FHI_ORT_H
#define FHI_ORT_H

#include "bytes.h"
#include "errors.h"

typedef void (*fhi_slot)(void);

typedef struct fhi_ort {
    void *library;
    const fhi_slot *table;
    void *environment, *memory;
} fhi_ort;

/* A float tensor: `shape` has `rank` numbers, `data` belongs to the caller. */
typedef struct fhi_tensor {
    const char *name;
    const float *data;
    int64_t shape[3];
    size_t rank;
} fhi_tensor;

/* Takes `count` finite floats of output `index`, which are gone afterwards; 0 to refuse them. */
typedef int (*fhi_take)(void *self, size_t index, const float *data, size_t count);

/* Loads the library. Status E-NEEDS-EXTRA. */
fh_status fhi_ort_open(fhi_ort *ort, const char *library, fhi_error *error);
void fhi_ort_close(fhi_ort *ort);

/* A session with the fixed options of `firmware_bridge/runtime.py`. Status E-BUNDLE-FORMAT. */
fh_status fhi_session_open(const fhi_ort *ort, fhi_bytes graph, const char *name, void **session,
                           fhi_error *error);
void fhi_session_close(const fhi_ort *ort, void *session);

enum { FHI_MOST_TENSORS = 8 };

/* Runs a session and hands each output to `take`. Status E-BUNDLE-SELF-TEST for a graph that does
 * not run, gives other shapes or values that are no numbers. */
fh_status fhi_session_run(const fhi_ort *ort, void *session, const fhi_tensor *inputs,
                          size_t input_count, const char *const *outputs, size_t output_count,
                          fhi_take take, void *self, fhi_error *error);

#endif
