/* Is an answer certain enough to be given, and what is it worth where the device is used? */
#ifndef FHI_ANSWER_H
#define FHI_ANSWER_H

#include "manifest.h"
#include "outputs.h"

/* As `firmware_bridge/answer.py`: whether the class that the band does not name is likely enough to
 * be held back for. */
int fhi_is_uncertain(double probability, const fhi_manifest *manifest);

/* PPV of `above threshold`, NPV of the other, at the manifest's prevalence; NaN where it is unknown. */
double fhi_predictive_value(int above, const fhi_manifest *manifest);

/* As `firmware_bridge/distance.py`: how far the usable windows are from validation recordings; NaN
 * without a reference or a usable window. */
double fhi_embedding_distance(const fhi_manifest *manifest, const fhi_outputs *outputs,
                              const int *usable, size_t windows);

#endif
