#include "result_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "text.h"

#define CUFF "this is not a diagnosis: measure blood pressure with a cuff"
#define ABOVE "Above the threshold, so she comes first; " CUFF "."
#define BELOW "Below the threshold, which does not rule out raised blood pressure; " CUFF " as usual."
#define SLOW                                                                               \
    " For %.0f s a rhythm below 110 a minute was heard that is not counted as the fetal "  \
    "heart: feel the mother's pulse."
#define SLOW_NOTED_S 15.0
#define ABSTAINED "No probability is given (%s%s); record again if you can; " CUFF "."

/* Whether a reason asks for the mother's pulse already. */
static int says_it(const fh_summary *s)
{
    for (int i = 0; i < s->reason_count; i++)
        if (s->reasons[i] == FH_A_MATERNAL_PULSE || s->reasons[i] == FH_A_NO_FETAL_SIGNAL)
            return 1;
    return 0;
}

/* The sentence a person reads, as `firmware_bridge/language/english.py`. */
static void add_sentence(fhi_text *text, const fhi_result *result)
{
    const fh_summary *s = &result->summary;
    fhi_text made = {NULL, 0, 0, 0};
    if (s->outcome == FH_SCREENED) {
        fhi_add(&made, "%s", s->above_threshold ? ABOVE : BELOW);
    } else if (s->outcome == FH_ABSTAINED) {
        char signal[80] = "";
        for (int i = 0; i < s->reason_count; i++)
            if (s->reasons[i] == FH_A_LITTLE_SIGNAL)
                snprintf(signal, sizeof signal, "; %.0f s of good signal, %.0f s needed",
                         s->good_signal_s, s->needed_signal_s);
        fhi_add(&made, ABSTAINED, fhi_meaning((fh_status)s->reasons[0]), signal);
    } else {
        fhi_add(&made, "Not screened: %s.", result->what);
        if (*result->fix)
            fhi_add(&made, " To do: %s.", result->fix);
    }
    if (!isnan(result->slow_rhythm_s) && result->slow_rhythm_s >= SLOW_NOTED_S && !says_it(s))
        fhi_add(&made, SLOW, result->slow_rhythm_s);
    fhi_add_string(text, made.start ? made.start : "");
    free(made.start);
}

static void add_excursions(fhi_text *text, const char *name, const fhi_excursion *found,
                           size_t count)
{
    fhi_add(text, ", \"%s\": [", name);
    for (size_t i = 0; i < count; i++) {
        fhi_add(text, "%s{\"start_s\": ", i ? ", " : "");
        fhi_add_number(text, found[i].start_s, 2);
        fhi_add(text, ", \"end_s\": ");
        fhi_add_number(text, found[i].end_s, 2);
        fhi_add(text, ", \"peak_bpm\": ");
        fhi_add_number(text, found[i].peak_bpm, 1);
        fhi_add(text, "}");
    }
    fhi_add(text, "]");
}

static void add_member(fhi_text *text, const char *before, double number, int digits)
{
    fhi_add(text, "%s: ", before);
    fhi_add_number(text, number, digits);
}

static void add_heart_rate(fhi_text *text, const fhi_result *result)
{
    const fh_summary *s = &result->summary;
    add_member(text, ", \"heart_rate\": {\"mean_bpm\"", s->mean_bpm, 1);
    add_member(text, ", \"baseline_bpm\"", s->baseline_bpm, 1);
    add_member(text, ", \"short_term_variation_ms\"", s->short_term_variation_ms, 2);
    add_member(text, ", \"long_term_variation_ms\"", s->long_term_variation_ms, 2);
    add_member(text, ", \"signal_loss_share\"", s->signal_loss_share, 4);
    add_member(text, ", \"slow_rhythm_s\"", result->slow_rhythm_s, 2);
    add_excursions(text, "accelerations", result->accelerations, result->acceleration_count);
    add_excursions(text, "decelerations", result->decelerations, result->deceleration_count);
    fhi_add(text, "}");
}

static void add_identity(fhi_text *text, const fhi_result *result, const fhi_bundle *bundle)
{
    const fhi_manifest *m = &bundle->manifest;
    if (result->summary.outcome == FH_REFUSED) {
        fhi_add(text, ", \"recording\": null");
    } else {
        fhi_add(text, ", \"recording\": {\"sha256\": \"%s\"", result->sha256);
        add_member(text, ", \"duration_s\"", result->summary.duration_s, 4);
        fhi_add(text, ", \"sample_rate_hz\": %d, \"band_limit_hz\": %d.0", FH_SAMPLE_RATE_HZ,
                FH_SAMPLE_RATE_HZ / 2);
        fhi_add(text, ", \"channels\": 1, \"channel\": 0}");
    }
    fhi_add(text, ", \"model\": {\"name\": ");
    fhi_add_string(text, m->name);
    fhi_add(text, ", \"version\": ");
    fhi_add_string(text, m->version);
    fhi_add(text, ", \"sha256\": \"%s\", \"simulated\": %s", bundle->sha256,
            m->simulated ? "true" : "false");
    fhi_add(text, ", \"raised_from_mmhg\": [");
    fhi_add_number(text, m->raised_from_mmhg[0], -1);
    fhi_add(text, ", ");
    fhi_add_number(text, m->raised_from_mmhg[1], -1);
    fhi_add(text, "]}");
    fhi_add(text, ", \"notice\": ");
    fhi_add_string(text, m->notice);
}

static void add_windows(fhi_text *text, const fhi_result *result)
{
    fhi_add(text, ", \"beats_s\": [");
    for (size_t i = 0; i < result->summary.beat_count; i++) {
        fhi_add(text, "%s", i ? ", " : "");
        fhi_add_number(text, result->beats_s[i], 3);
    }
    fhi_add(text, "], \"windows\": [");
    for (size_t i = 0; i < result->summary.window_count; i++) {
        const fh_window *w = &result->windows[i];
        add_member(text, i ? ", {\"start_s\"" : "{\"start_s\"", 3.75 * (double)i, 2);
        fhi_add(text, ", \"quality\": \"%s\"", FHI_QUALITY_NAMES[w->quality]);
        add_member(text, ", \"heart_rate_bpm\"", w->heart_rate_bpm, 1);
        add_member(text, ", \"confidence\"", w->confidence, 4);
        add_member(text, ", \"attention\"", w->attention, 6);
        add_member(text, ", \"dead_share\"", w->dead_share, 4);
        add_member(text, ", \"clipped_share\"", w->clipped_share, 4);
        fhi_add(text, ", \"usable\": %s}", w->usable ? "true" : "false");
    }
    fhi_add(text, "]");
}

static void add_head(fhi_text *text, const fhi_result *result)
{
    static const char *const OUTCOMES[] = {"screened", "abstained", "refused"};
    const fh_summary *s = &result->summary;
    fhi_add(text, "{\"schema_version\": 1, \"outcome\": \"%s\", \"index\": 0, \"reasons\": [",
            OUTCOMES[s->outcome]);
    for (int i = 0; i < s->reason_count; i++)
        fhi_add(text, "%s\"%s\"", i ? ", " : "", fh_code(s->reasons[i]));
    fhi_add(text, "], \"message\": ");
    if (s->outcome == FH_REFUSED)
        fhi_add_string(text, result->what);
    else
        fhi_add(text, "null");
    fhi_add(text, ", \"sentence\": ");
    add_sentence(text, result);
    add_member(text, ", \"probability\"", s->probability, -1);
    if (s->outcome == FH_SCREENED)
        fhi_add(text, ", \"band\": \"%s threshold\"", s->above_threshold ? "above" : "below");
    else
        fhi_add(text, ", \"band\": null");
    if (isnan(s->predictive_value)) {
        fhi_add(text, ", \"predictive_value\": null");
    } else {
        add_member(text, ", \"predictive_value\": {\"value\"", s->predictive_value, -1);
        add_member(text, ", \"prevalence\"", s->prevalence, -1);
        fhi_add(text, "}");
    }
    add_member(text, ", \"threshold\"", s->threshold, -1);
}

char *fhi_result_json(const fhi_result *result, const fhi_bundle *bundle)
{
    fhi_text text = {NULL, 0, 0, 0};
    add_head(&text, result);
    add_heart_rate(&text, result);
    add_identity(&text, result, bundle);
    add_member(&text, ", \"timing_s\"", result->timing_s, 4);
    add_member(&text, ", \"good_signal_s\"", result->summary.good_signal_s, 2);
    add_member(&text, ", \"needed_signal_s\"", result->summary.needed_signal_s, 2);
    add_member(&text, ", \"embedding_distance\"", result->summary.embedding_distance, 4);
    add_windows(&text, result);
    fhi_add(&text, "}");
    return text.start;
}
