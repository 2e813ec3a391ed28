#include "answer.h"

#include <math.h>

enum { POSITIVE, NEGATIVE, MOST_WINDOWS = 24 };

int fhi_is_uncertain(double probability, const fhi_manifest *manifest)
{
    if (!manifest->has_answers)
        return 0;
    if (probability >= manifest->threshold)
        return probability <= manifest->quantile[NEGATIVE];
    return 1.0 - probability <= manifest->quantile[POSITIVE];
}

double fhi_predictive_value(int above, const fhi_manifest *manifest)
{
    const double *shares = above ? manifest->share_above : manifest->share_below;
    double positive = manifest->prevalence * shares[POSITIVE];
    double negative = (1.0 - manifest->prevalence) * shares[NEGATIVE];
    if (!manifest->has_answers || positive + negative == 0.0)
        return NAN;
    return (above ? positive : negative) / (positive + negative);
}

/* Number of the usable window `which`, counted from 0. */
static size_t usable_window(const int *usable, size_t which)
{
    size_t window = 0;
    for (; !usable[window] || which > 0; window++)
        which -= usable[window] ? 1 : 0;
    return window;
}

double fhi_embedding_distance(const fhi_manifest *manifest, const fhi_outputs *outputs,
                              const int *usable, size_t windows)
{
    size_t known = 0, width = outputs->width[FHI_EMBEDDINGS];
    double square = 0.0;
    for (size_t i = 0; i < windows; i++)
        known += (size_t)usable[i];
    if (!manifest->embedding_mean || known == 0 || width != manifest->embedding_count)
        return NAN;
    size_t taken = known > MOST_WINDOWS ? MOST_WINDOWS : known, rows[MOST_WINDOWS];
    const double step = taken > 1 ? (double)(known - 1) / (double)(taken - 1) : 0.0;
    for (size_t i = 0; i < taken; i++) /* spread evenly */
        rows[i] = usable_window(usable, (size_t)rint((double)i * step));
    for (size_t k = 0; k < width; k++) {
        double mean = 0.0;
        for (size_t i = 0; i < taken; i++)
            mean += (double)fhi_row(outputs, FHI_EMBEDDINGS, rows[i])[k];
        double away = mean / (double)taken - manifest->embedding_mean[k];
        square += away / manifest->embedding_scale[k] * (away / manifest->embedding_scale[k]);
    }
    return sqrt(square / (double)width);
}
