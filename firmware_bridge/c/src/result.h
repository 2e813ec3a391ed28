/* The result of a recording, whole: what fh_summary, fh_windows, fh_beats and the JSON text tell. */
#ifndef FHI_RESULT_H
#define FHI_RESULT_H

#include "baseline.h"
#include "graphs.h"
#include "rate_track.h"

typedef struct fhi_result {
    fh_summary summary;
    fh_window *windows;
    double *beats_s;
    fhi_excursion *accelerations, *decelerations;
    size_t acceleration_count, deceleration_count;
    double slow_rhythm_s; /* of a clear rhythm below 110 bpm, not given as fetal; NaN if refused */
    char what[FHI_TEXT], fix[FHI_TEXT]; /* of one that is refused */
    char sha256[65];
    double timing_s;
} fhi_result;

/* The result of `windows` rows of outputs with their clipped shares. Statuses: E-BUNDLE-SELF-TEST
 * and FH_NO_MEMORY. Release with `fhi_result_free` in any case. */
fh_status fhi_result_make(fhi_result *result, const fhi_graphs *graphs,
                          const fhi_manifest *manifest, const fhi_rate_model *model,
                          const fhi_outputs *outputs, const double *clipped_share, size_t windows,
                          fhi_error *error);
void fhi_result_refuse(fhi_result *result, const fhi_manifest *manifest, const fhi_error *error);
void fhi_result_free(fhi_result *result);

#endif
