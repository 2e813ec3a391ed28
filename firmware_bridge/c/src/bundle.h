/* A bundle file -> verified members. Nothing in it reaches onnxruntime before this has passed. */
#ifndef FHI_BUNDLE_H
#define FHI_BUNDLE_H

#include "bytes.h"
#include "errors.h"
#include "manifest.h"

typedef struct fhi_bundle {
    fhi_manifest manifest;
    fhi_bytes window_graph, recording_graph, golden; /* inside `file` */
    uint8_t *file;
    char sha256[65]; /* of the whole file */
} fhi_bundle;

/* Statuses: the E-BUNDLE ones as `firmware_bridge.bundle.open_bundle`, and FH_NO_MEMORY. Release
 * with `fhi_bundle_close` in any case. */
fh_status fhi_bundle_open(fhi_bundle *bundle, const char *path, const fh_options *options,
                          fhi_error *error);
/* Give back the file's bytes once the sessions and the self-test have read them. */
void fhi_bundle_forget_file(fhi_bundle *bundle);
void fhi_bundle_close(fhi_bundle *bundle);

#endif
