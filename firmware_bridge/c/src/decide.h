/* From the graphs' outputs to what is said of each window, and whether a probability may be given. */
#ifndef FHI_DECIDE_H
#define FHI_DECIDE_H

#include "manifest.h"
#include "outputs.h"

/* What is decided of each window; the arrays have one entry a window. */
typedef struct fhi_judgement {
    size_t windows;
    double *pulse, *bpm, *clear_bpm; /* NaN without a rate; fetal ones; in good signal only */
    int *quality, *maternal, *fast, *slow, *clipped, *usable;
} fhi_judgement;

/* As `firmware_bridge/decide.py`: from rates and confidences. 0 when memory runs out. */
int fhi_judge(fhi_judgement *judgement, const fhi_manifest *manifest, const fhi_outputs *outputs,
              const double *bpm, const double *confidence, const double *clipped_share,
              size_t windows);
void fhi_judgement_free(fhi_judgement *judgement);

/* Reasons to abstain, the most telling first; returns how many. */
int fhi_reasons(const fhi_judgement *judgement, const fhi_manifest *manifest,
                int32_t reasons[FH_MAX_REASONS]);

/* First of the `most` neighbouring windows with the most usable ones, the earliest on a tie. */
size_t fhi_best_span(const int *usable, size_t windows, size_t most);

/* Probability of a positive class at this visit. */
double fhi_probability(const float logits[FHI_BP_CLASSES], const fhi_manifest *manifest);

#endif
