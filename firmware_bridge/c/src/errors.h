/* The catalogue of `firmware_bridge/errors.py`, as far as this library can raise it. */
#ifndef FHI_ERRORS_H
#define FHI_ERRORS_H

#include "fetal_hemo.h"

#define FHI_TEXT 200

/* The last error of a handle: `what` happened, and what to do about it (`fix`, may be empty). */
typedef struct fhi_error {
    fh_status status;
    char what[FHI_TEXT];
    char fix[FHI_TEXT];
    char line[3 * FHI_TEXT];
} fhi_error;

/* `status`, after noting it with its texts. */
fh_status fhi_fail(fhi_error *error, fh_status status, const char *fix, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 4, 5)))
#endif
    ;

/* What a reason to abstain means, as the catalogue says it. */
const char *fhi_meaning(fh_status status);

#endif
