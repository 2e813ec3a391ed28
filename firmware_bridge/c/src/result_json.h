/* A result as JSON text of schemas/result.schema.json. */
#ifndef FHI_RESULT_JSON_H
#define FHI_RESULT_JSON_H

#include "bundle.h"
#include "result.h"

/* One line of text, to be freed; NULL when memory runs out. Rounded as in `firmware_bridge/evidence.py`. */
char *fhi_result_json(const fhi_result *result, const fhi_bundle *bundle);

#endif
