/* What this library needs of a bundle's manifest.json; `firmware_bridge/manifest.py` has it all. */
#ifndef FHI_MANIFEST_H
#define FHI_MANIFEST_H

#include "errors.h"
#include "json.h"

#define FHI_RUNTIME_VERSION {0, 1, 0} /* as `firmware_bridge.__version__` */

enum { FHI_QUALITY_CLASSES = 7, FHI_BP_CLASSES = 4, FHI_SIGNED_MEMBERS = 5 };
enum { FHI_RAISED = 2 }; /* the first class of raised pressure */

extern const char *const FHI_QUALITY_NAMES[FHI_QUALITY_CLASSES];
extern const char *const FHI_SIGNED_NAMES[FHI_SIGNED_MEMBERS];

typedef struct fhi_manifest {
    char name[260], version[260], notice[8100];
    int simulated;
    size_t max_windows;
    double raised_from_mmhg[2];   /* systolic, diastolic */
    double min_confidence[FHI_QUALITY_CLASSES];
    double rate_max_dead_share;
    int usable_quality[FHI_QUALITY_CLASSES]; /* flags */
    double usable_max_dead_share;
    size_t min_usable_windows;
    double threshold;
    double slope, intercept;
    double prevalence;
    int has_answers; /* of validation visits, by class: positive, then negative */
    double quantile[2], share_above[2], share_below[2];
    double *embedding_mean, *embedding_scale; /* of the reference; NULL without one */
    size_t embedding_count;
    double golden_abs; /* tolerance of the self-test */
    char sha256[FHI_SIGNED_MEMBERS][72];
    size_t bytes[FHI_SIGNED_MEMBERS];
} fhi_manifest;

/* The manifest in checked JSON. Statuses: E-BUNDLE-SCHEMA, E-BUNDLE-RUNTIME,
 * FH_NO_MEMORY. Release with `fhi_manifest_free` in any case. */
fh_status fhi_manifest_read(fhi_manifest *manifest, const fhi_json *json, fhi_error *error);
void fhi_manifest_free(fhi_manifest *manifest);

#endif
