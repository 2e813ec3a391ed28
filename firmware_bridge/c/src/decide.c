#include "decide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "half_rate.h"
#include "pulse_source.h"

#define CLIPPED 0.02
#define SLOW_CONFIDENCE 0.9

static int likeliest(const float *quality)
{
    int best = 0;
    for (int i = 1; i < FHI_QUALITY_CLASSES; i++)
        if (quality[i] > quality[best])
            best = i;
    return best;
}

/* A window counts as disturbed only if one disturbance is likelier than all the classes that are
 * good enough together: good and poor share what is no disturbance between them. */
static double needed_confidence(const fhi_manifest *manifest, const float *quality)
{
    float calm = 0.0f, disturbed = 0.0f;
    int calmest = 0;
    float most = -1.0f;
    for (int i = 0; i < FHI_QUALITY_CLASSES; i++) {
        float here = manifest->usable_quality[i] ? quality[i] : 0.0f;
        calm += here;
        if (here > most) {
            most = here;
            calmest = i;
        }
        if (!manifest->usable_quality[i])
            disturbed = fmaxf(disturbed, quality[i]);
    }
    return manifest->min_confidence[calm >= disturbed ? calmest : likeliest(quality)];
}

/* A clear rhythm below the fetal range, in sound without disturbance. */
static int is_slow(int quality, double bpm, double confidence)
{
    int undisturbed = quality == FH_GOOD || quality == FH_POOR || quality == FH_NO_FETAL_SIGNAL;
    return undisturbed && confidence >= SLOW_CONFIDENCE && bpm < FHI_FETAL_BPM;
}

static int reserve(fhi_judgement *j, size_t windows)
{
    memset(j, 0, sizeof *j);
    j->windows = windows;
    j->pulse = calloc(3 * windows, sizeof *j->pulse);
    j->quality = calloc(6 * windows, sizeof *j->quality);
    if (!j->pulse || !j->quality)
        return 0;
    j->bpm = j->pulse + windows;
    j->clear_bpm = j->bpm + windows;
    j->maternal = j->quality + windows;
    j->fast = j->maternal + windows;
    j->slow = j->fast + windows;
    j->clipped = j->slow + windows;
    j->usable = j->clipped + windows;
    return 1;
}

void fhi_judgement_free(fhi_judgement *j)
{
    free(j->pulse);
    free(j->quality);
    memset(j, 0, sizeof *j);
}

int fhi_judge(fhi_judgement *j, const fhi_manifest *manifest, const fhi_outputs *outputs,
              const double *bpm, const double *confidence, const double *clipped_share,
              size_t windows)
{
    if (!reserve(j, windows))
        return 0;
    /* single precision, as numpy compares a float32 with a plain number */
    const float rate_dead = (float)manifest->rate_max_dead_share;
    const float usable_dead = (float)manifest->usable_max_dead_share;
    for (size_t i = 0; i < windows; i++) {
        const float *quality = fhi_row(outputs, FHI_QUALITY, i);
        int heard = *fhi_row(outputs, FHI_DEAD_SHARE, i) <= rate_dead;
        int has_rate = heard && confidence[i] >= needed_confidence(manifest, quality);
        int halved = fhi_is_half_the_rate(fhi_row(outputs, FHI_AUTOCORRELATION, i), bpm[i]);
        j->quality[i] = likeliest(quality);
        j->fast[i] = has_rate && halved;
        j->slow[i] = heard && !halved && is_slow(j->quality[i], bpm[i], confidence[i]);
        j->pulse[i] = has_rate && !j->fast[i] ? bpm[i] : NAN;
    }
    if (!fhi_may_be_maternal(j->pulse, windows, j->maternal))
        return 0;
    for (size_t i = 0; i < windows; i++) {
        int good = manifest->usable_quality[j->quality[i]];
        int lively = *fhi_row(outputs, FHI_DEAD_SHARE, i) <= usable_dead;
        j->bpm[i] = j->maternal[i] ? NAN : j->pulse[i];
        j->clear_bpm[i] = good ? j->bpm[i] : NAN;
        j->slow[i] = j->slow[i] && isnan(j->bpm[i]);
        j->clipped[i] = clipped_share[i] > CLIPPED || j->quality[i] == FH_CLIPPED;
        j->usable[i] = good && lively && !j->clipped[i] && !j->maternal[i] && !j->fast[i];
    }
    return 1;
}

/* The reason for a quality that most windows have; FH_OK for one that is no reason. */
static fh_status quality_reason(int quality)
{
    switch (quality) {
    case FH_SILENT:
        return FH_A_SILENT;
    case FH_TALKING:
        return FH_A_TALKING;
    case FH_INTERFERENCE:
        return FH_A_INTERFERENCE;
    case FH_NO_FETAL_SIGNAL:
        return FH_A_NO_FETAL_SIGNAL;
    default:
        return FH_OK;
    }
}

int fhi_reasons(const fhi_judgement *j, const fhi_manifest *manifest,
                int32_t reasons[FH_MAX_REASONS])
{
    size_t usable = 0, clipped = 0, rates = 0, maternal = 0, fast = 0, of_quality[FHI_QUALITY_CLASSES] = {0};
    int count = 0, most = 0;
    for (size_t i = 0; i < j->windows; i++) {
        usable += (size_t)j->usable[i];
        clipped += (size_t)j->clipped[i];
        maternal += (size_t)j->maternal[i];
        fast += (size_t)j->fast[i];
        rates += !isnan(j->bpm[i]);
        of_quality[j->quality[i]]++;
    }
    for (int i = 1; i < FHI_QUALITY_CLASSES; i++)
        if (of_quality[i] > of_quality[most])
            most = i;
    const int too_few = usable < manifest->min_usable_windows;
    if (too_few && 2 * of_quality[most] > j->windows && quality_reason(most) != FH_OK)
        reasons[count++] = quality_reason(most);
    if (2 * clipped > j->windows)
        reasons[count++] = FH_A_CLIPPED;
    if (too_few)
        reasons[count++] = FH_A_LITTLE_SIGNAL;
    if (rates == 0)
        reasons[count++] = fast       ? FH_A_FAST_RHYTHM
                           : maternal ? FH_A_MATERNAL_PULSE
                                      : FH_A_NO_HEARTBEAT;
    return count;
}

size_t fhi_best_span(const int *usable, size_t windows, size_t most)
{
    size_t best = 0, here = 0, top = 0;
    for (size_t i = 0; i < windows; i++) {
        here += (size_t)usable[i];
        if (i >= most)
            here -= (size_t)usable[i - most];
        if (i + 1 >= most && here > top) {
            top = here;
            best = i + 1 - most;
        }
    }
    return best;
}

/* log(exp(a) + exp(b)), in the form that numpy computes. */
static double log_add(double a, double b)
{
    if (a == b)
        return a + log(2.0);
    return fmax(a, b) + log1p(exp(-fabs(a - b)));
}

/* Log of the summed exponentials of so many logits. */
static double log_sum(const float *logits, int count)
{
    double sum = -INFINITY;
    for (int i = 0; i < count; i++)
        sum = isinf(sum) ? (double)logits[i] : log_add(sum, (double)logits[i]);
    return sum;
}

double fhi_probability(const float logits[FHI_BP_CLASSES], const fhi_manifest *manifest)
{
    double raised = log_sum(logits + FHI_RAISED, FHI_BP_CLASSES - FHI_RAISED);
    double odds = raised - log_sum(logits, FHI_RAISED);
    double score = manifest->slope * odds + manifest->intercept;
    return exp(-log_add(0.0, -score));
}
