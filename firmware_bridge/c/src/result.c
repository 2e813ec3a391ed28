#include "result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "beats.h"
#include "decide.h"
#include "epochs.h"
#include "variability.h"

/* What is found on the way to a result. */
typedef struct findings {
    double *bpm, *confidence, *line;
    fhi_judgement judgement;
    int has_line;
} findings;

static void no_numbers(fhi_result *result, const fhi_manifest *manifest)
{
    memset(result, 0, sizeof *result);
    fh_summary *s = &result->summary;
    s->probability = s->mean_bpm = s->baseline_bpm = s->duration_s = NAN;
    s->short_term_variation_ms = s->long_term_variation_ms = s->signal_loss_share = NAN;
    result->slow_rhythm_s = NAN;
    s->predictive_value = s->prevalence = s->needed_signal_s = s->embedding_distance = NAN;
    s->threshold = manifest->threshold;
}

void fhi_result_refuse(fhi_result *result, const fhi_manifest *manifest, const fhi_error *error)
{
    no_numbers(result, manifest);
    result->summary.outcome = FH_REFUSED;
    result->summary.reason_count = 1;
    result->summary.reasons[0] = error->status;
    memcpy(result->what, error->what, sizeof result->what);
    memcpy(result->fix, error->fix, sizeof result->fix);
}

void fhi_result_free(fhi_result *result)
{
    free(result->windows);
    free(result->beats_s);
    free(result->accelerations);
    memset(result, 0, sizeof *result);
}

static int reserve(fhi_result *result, findings *found, size_t windows)
{
    result->windows = calloc(windows, sizeof *result->windows);
    result->beats_s = malloc(windows * FHI_FRAMES * sizeof *result->beats_s);
    result->accelerations = malloc(2 * windows * sizeof *result->accelerations);
    found->bpm = malloc(3 * windows * sizeof *found->bpm);
    if (!result->windows || !result->beats_s || !result->accelerations || !found->bpm)
        return 0;
    result->decelerations = result->accelerations + windows;
    found->confidence = found->bpm + windows;
    found->line = found->confidence + windows;
    return 1;
}

/* Rates and beats of consecutive windows (`firmware_bridge/rhythm/rhythm.py`); 0 without memory. */
static int find_rhythm(fhi_result *result, findings *found, const fhi_rate_model *model,
                       const fhi_outputs *outputs, size_t windows)
{
    if (!fhi_track_rate(model, outputs, windows, found->bpm, found->confidence))
        return 0;
    long beats = fhi_find_beats(outputs, windows, found->bpm, found->confidence, result->beats_s);
    result->summary.beat_count = beats < 0 ? 0 : (size_t)beats;
    return beats >= 0 && fhi_epoch_bpm(result->beats_s, (size_t)beats, found->bpm, windows);
}

/* Beats of the windows that have a rate; a beat elsewhere is a guess. */
static void keep_beats(fhi_result *result, const fhi_judgement *judgement)
{
    size_t kept = 0;
    for (size_t i = 0; i < result->summary.beat_count; i++) {
        double at = result->beats_s[i] / FHI_WINDOW_S;
        size_t window = at < 0.0 ? 0 : (size_t)at;
        if (window >= judgement->windows)
            window = judgement->windows - 1;
        if (!isnan(judgement->bpm[window]))
            result->beats_s[kept++] = result->beats_s[i];
    }
    result->summary.beat_count = kept;
}

static void summarise_rates(fhi_result *result, const findings *found)
{
    const fhi_judgement *j = &found->judgement;
    fh_summary *s = &result->summary;
    size_t lost = 0, slow = 0;
    double line = 0.0;
    for (size_t i = 0; i < j->windows; i++) {
        lost += isnan(j->bpm[i]) ? 1 : 0;
        slow += (size_t)j->slow[i];
        line += found->line[i];
    }
    s->mean_bpm = fhi_mean_bpm(j->bpm, j->windows);
    s->short_term_variation_ms = fhi_short_term_variation_ms(j->clear_bpm, j->windows);
    s->long_term_variation_ms = fhi_long_term_variation_ms(j->clear_bpm, j->windows);
    s->signal_loss_share = (double)lost / (double)j->windows;
    result->slow_rhythm_s = FHI_WINDOW_S * (double)slow;
    if (!found->has_line)
        return;
    s->baseline_bpm = line / (double)j->windows;
    result->acceleration_count =
        fhi_excursions(j->bpm, found->line, j->windows, 1, result->accelerations);
    result->deceleration_count =
        fhi_excursions(j->bpm, found->line, j->windows, -1, result->decelerations);
}

static void tell_windows(fhi_result *result, const findings *found, const fhi_outputs *outputs,
                         const double *clipped_share)
{
    const fhi_judgement *j = &found->judgement;
    for (size_t i = 0; i < j->windows; i++) {
        fh_window *window = &result->windows[i];
        window->heart_rate_bpm = j->bpm[i];
        window->confidence = found->confidence[i];
        window->attention = NAN;
        window->dead_share = (double)*fhi_row(outputs, FHI_DEAD_SHARE, i);
        window->clipped_share = clipped_share[i];
        window->quality = j->quality[i];
        window->usable = j->usable[i];
        result->summary.usable_windows += j->usable[i];
    }
}

/* The probability with its band and what it is worth; abstained where it is uncertain. */
static void answer(fh_summary *s, double probability, const fhi_manifest *manifest)
{
    if (fhi_is_uncertain(probability, manifest)) {
        s->outcome = FH_ABSTAINED;
        s->reasons[s->reason_count++] = FH_A_UNCERTAIN;
        return;
    }
    s->probability = probability;
    s->above_threshold = probability >= manifest->threshold;
    s->predictive_value = fhi_predictive_value(s->above_threshold, manifest);
    s->prevalence = isnan(s->predictive_value) ? NAN : manifest->prevalence;
}

/* Runs the recording graph on the best span of windows. */
static fh_status judge_recording(fhi_result *result, const fhi_graphs *graphs,
                                 const fhi_manifest *manifest, const int *usable,
                                 const fhi_outputs *outputs, fhi_error *error)
{
    const size_t windows = result->summary.window_count;
    const size_t count = windows < manifest->max_windows ? windows : manifest->max_windows;
    const size_t first = fhi_best_span(usable, windows, count);
    float logits[FHI_BP_CLASSES], *mask = malloc(2 * count * sizeof *mask), *attention = mask + count;
    if (!mask)
        return fhi_fail(error, FH_NO_MEMORY, "", "memory ran out");
    for (size_t i = 0; i < count; i++)
        mask[i] = usable[first + i] ? 1.0f : 0.0f;
    fh_status status = fhi_run_recording(
        graphs, fhi_row(outputs, FHI_EMBEDDINGS, first), outputs->width[FHI_EMBEDDINGS] / FHI_VIEWS,
        mask, NULL, count, logits, attention, error);
    for (size_t i = 0; status == FH_OK && i < count; i++)
        if (usable[first + i])
            result->windows[first + i].attention = (double)attention[i];
    free(mask);
    if (status == FH_OK)
        answer(&result->summary, fhi_probability(logits, manifest), manifest);
    return status;
}

static void tell_signal(fh_summary *s, const fhi_manifest *manifest, const fhi_outputs *outputs,
                        const int *usable)
{
    s->good_signal_s = FHI_WINDOW_S * s->usable_windows;
    s->needed_signal_s = FHI_WINDOW_S * (double)manifest->min_usable_windows;
    s->embedding_distance = fhi_embedding_distance(manifest, outputs, usable, s->window_count);
}

static int find(fhi_result *result, findings *found, const fhi_manifest *manifest,
                const fhi_rate_model *model, const fhi_outputs *outputs,
                const double *clipped_share, size_t windows)
{
    if (!reserve(result, found, windows) || !find_rhythm(result, found, model, outputs, windows) ||
        !fhi_judge(&found->judgement, manifest, outputs, found->bpm, found->confidence,
                   clipped_share, windows))
        return 0;
    found->has_line = fhi_baseline_bpm(found->judgement.bpm, windows, found->line);
    return found->has_line >= 0;
}

fh_status fhi_result_make(fhi_result *result, const fhi_graphs *graphs,
                          const fhi_manifest *manifest, const fhi_rate_model *model,
                          const fhi_outputs *outputs, const double *clipped_share, size_t windows,
                          fhi_error *error)
{
    findings found = {NULL, NULL, NULL, {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL}, 0};
    fh_status status = FH_OK;
    no_numbers(result, manifest);
    result->summary.window_count = windows;
    if (!find(result, &found, manifest, model, outputs, clipped_share, windows)) {
        status = fhi_fail(error, FH_NO_MEMORY, "", "memory ran out");
    } else {
        keep_beats(result, &found.judgement);
        summarise_rates(result, &found);
        tell_windows(result, &found, outputs, clipped_share);
        tell_signal(&result->summary, manifest, outputs, found.judgement.usable);
        result->summary.reason_count =
            fhi_reasons(&found.judgement, manifest, result->summary.reasons);
        result->summary.outcome = result->summary.reason_count ? FH_ABSTAINED : FH_SCREENED;
        if (result->summary.outcome == FH_SCREENED)
            status = judge_recording(result, graphs, manifest, found.judgement.usable, outputs,
                                     error);
    }
    free(found.bpm);
    fhi_judgement_free(&found.judgement);
    return status;
}
