#include "manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const FHI_QUALITY_NAMES[FHI_QUALITY_CLASSES] = {
    "good", "poor", "interference", "talking", "silent", "no_fetal_signal", "clipped"};
const char *const FHI_SIGNED_NAMES[FHI_SIGNED_MEMBERS] = {
    "window.onnx", "recording.onnx", "golden.npz", "MODEL_CARD.md", "sbom.json"};

static const char *const VIEWS[] = {"time_frequency", "envelope", "rhythm"};
static const char *const BP_NAMES[] = {"normal", "elevated", "hypertensive", "severe"};

/* Reads one field after another; the first broken one is remembered and the rest is skipped. */
typedef struct reading {
    const fhi_json *json;
    char broken[96];
} reading;

static const fhi_value *field(reading *r, const fhi_value *of, const char *name)
{
    const fhi_value *found = fhi_member(r->json, of, name);
    if (!found && !*r->broken)
        snprintf(r->broken, sizeof r->broken, "%s is missing", name);
    return found;
}

static void refuse(reading *r, const char *name)
{
    if (!*r->broken)
        snprintf(r->broken, sizeof r->broken, "%s is not what this runtime knows", name);
}

static double number(reading *r, const fhi_value *of, const char *name, double low, double high)
{
    double found = 0.0;
    if (!fhi_number(field(r, of, name), &found) || !(low <= found && found <= high))
        refuse(r, name);
    return found;
}

static size_t whole(reading *r, const fhi_value *of, const char *name, double low, double high)
{
    double found = number(r, of, name, low, high);
    const fhi_value *value = fhi_member(r->json, of, name);
    for (size_t i = 0; value && i < value->text.count; i++)
        if (value->text.data[i] < '0' || value->text.data[i] > '9')
            refuse(r, name);
    return *r->broken ? 0 : (size_t)found;
}

static void text(reading *r, const fhi_value *of, const char *name, char *copy, size_t room)
{
    if (!fhi_copy_text(field(r, of, name), copy, room) || !*copy)
        refuse(r, name);
}

static int flag(reading *r, const fhi_value *of, const char *name)
{
    const fhi_value *found = field(r, of, name);
    if (found && found->kind != FHI_TRUE && found->kind != FHI_FALSE)
        refuse(r, name);
    return found && found->kind == FHI_TRUE;
}

static void same_list(reading *r, const fhi_value *of, const char *name, const char *const *names,
                      size_t count)
{
    const fhi_value *list = field(r, of, name);
    if (!list || list->kind != FHI_ARRAY || list->children != count)
        refuse(r, name);
    for (size_t i = 0; i < count; i++)
        if (!fhi_is_text(fhi_element(r->json, list, i), names[i]))
            refuse(r, name);
}

/* Flags of the `names` that a list holds: one or more, each once, no others. */
static void some_of(reading *r, const fhi_value *of, const char *name, const char *const *names,
                    size_t count, int *flags)
{
    const fhi_value *list = field(r, of, name);
    size_t known = 0;
    memset(flags, 0, count * sizeof *flags);
    for (size_t i = 0; list && i < list->children; i++)
        for (size_t k = 0; k < count; k++)
            if (!flags[k] && fhi_is_text(fhi_element(r->json, list, i), names[k])) {
                flags[k] = 1;
                known++;
            }
    if (!list || list->kind != FHI_ARRAY || list->children == 0 || known != list->children)
        refuse(r, name);
}

static void read_members(reading *r, const fhi_value *root, fhi_manifest *m)
{
    const fhi_value *members = field(r, root, "members");
    for (int i = 0; i < FHI_SIGNED_MEMBERS; i++) {
        const fhi_value *member = field(r, members, FHI_SIGNED_NAMES[i]);
        text(r, member, "sha256", m->sha256[i], sizeof m->sha256[i]);
        m->bytes[i] = whole(r, member, "bytes", 0, 1 << 24);
    }
}

static void read_input(reading *r, const fhi_value *root, fhi_manifest *m)
{
    const fhi_value *input = field(r, root, "input"), *session = field(r, root, "session");
    number(r, input, "sample_rate_hz", FH_SAMPLE_RATE_HZ, FH_SAMPLE_RATE_HZ);
    number(r, input, "window_samples", FH_WINDOW_SAMPLES, FH_WINDOW_SAMPLES);
    number(r, input, "window_s", 3.75, 3.75);
    m->max_windows = whole(r, input, "max_windows", 1, 4096);
    if (!fhi_is_text(field(r, session, "opt"), "all") || !flag(r, session, "x64quantprecision"))
        refuse(r, "session");
    number(r, session, "threads", 1, 1);
    same_list(r, root, "views", VIEWS, 3);
    same_list(r, root, "quality_classes", FHI_QUALITY_NAMES, FHI_QUALITY_CLASSES);
    same_list(r, root, "bp_classes", BP_NAMES, FHI_BP_CLASSES);
}

static void read_rules(reading *r, const fhi_value *root, fhi_manifest *m)
{
    const fhi_value *rate = field(r, root, "heart_rate"), *decision = field(r, root, "decision");
    const fhi_value *confidence = field(r, rate, "min_confidence");
    const fhi_value *calibration = field(r, root, "calibration");
    for (int i = 0; i < FHI_QUALITY_CLASSES; i++)
        m->min_confidence[i] = number(r, confidence, FHI_QUALITY_NAMES[i], 0, 2);
    m->rate_max_dead_share = number(r, rate, "max_dead_share", 0, 1);
    some_of(r, decision, "usable_quality", FHI_QUALITY_NAMES, FHI_QUALITY_CLASSES,
            m->usable_quality);
    m->usable_max_dead_share = number(r, decision, "max_dead_share", 0, 1);
    m->min_usable_windows = whole(r, decision, "min_usable_windows", 1, 100000);
    m->threshold = number(r, decision, "threshold", 0, 1);
    same_list(r, root, "positive_classes", BP_NAMES + FHI_RAISED, FHI_BP_CLASSES - FHI_RAISED);
    m->prevalence = number(r, decision, "prevalence", 0, 1);
    m->slope = number(r, calibration, "slope", -1000, 1000);
    m->intercept = number(r, calibration, "intercept", -1000, 1000);
    m->golden_abs = number(r, field(r, root, "tolerances"), "golden_abs", 0, 100);
}

/* How often each class is answered how, if the bundle says so. */
static void read_answers(reading *r, const fhi_value *root, fhi_manifest *m)
{
    static const char *const CLASSES[2] = {"positive", "negative"};
    const fhi_value *answers = fhi_member(r->json, root, "answers");
    m->has_answers = answers != NULL;
    for (int i = 0; i < 2 && answers; i++) {
        const fhi_value *shares = field(r, field(r, answers, "shares"), CLASSES[i]);
        m->quantile[i] = number(r, field(r, answers, "quantile"), CLASSES[i], 0, 1);
        m->share_above[i] = number(r, shares, "above", 0, 1);
        m->share_below[i] = number(r, shares, "below", 0, 1);
    }
}

static void read_numbers(reading *r, const fhi_value *of, const char *name, double low,
                         double *numbers, size_t count)
{
    const fhi_value *list = field(r, of, name);
    for (size_t i = 0; i < count; i++)
        if (!fhi_number(fhi_element(r->json, list, i), &numbers[i]) || !(numbers[i] >= low))
            refuse(r, name);
}

/* The pressures of which the probability is. */
static void read_limits(reading *r, const fhi_value *root, fhi_manifest *m)
{
    const fhi_value *thresholds = field(r, root, "bp_thresholds_mmhg");
    for (int i = 1; i < FHI_BP_CLASSES; i++) {
        const fhi_value *list = field(r, thresholds, BP_NAMES[i]);
        double limits[2] = {0.0, 0.0};
        if (!list || list->kind != FHI_ARRAY || list->children != 2)
            refuse(r, BP_NAMES[i]);
        read_numbers(r, thresholds, BP_NAMES[i], 30, limits, 2);
        if (limits[0] > 300 || limits[1] > 300)
            refuse(r, BP_NAMES[i]);
        if (i == FHI_RAISED)
            memcpy(m->raised_from_mmhg, limits, sizeof limits);
    }
}

/* What embeddings of validation recordings are like, if the bundle says so; 0 without memory. */
static int read_reference(reading *r, const fhi_value *root, fhi_manifest *m)
{
    const fhi_value *reference = fhi_member(r->json, root, "reference");
    const fhi_value *mean = fhi_member(r->json, reference, "embedding_mean");
    const fhi_value *scale = fhi_member(r->json, reference, "embedding_scale");
    if (!reference)
        return 1;
    if (!mean || !scale || mean->children == 0 || mean->children > 4096)
        refuse(r, "reference");
    if (*r->broken || mean->children != scale->children)
        return 1; /* of another model: no distance is given */
    m->embedding_count = mean->children;
    m->embedding_mean = malloc(2 * m->embedding_count * sizeof *m->embedding_mean);
    if (!m->embedding_mean)
        return 0;
    m->embedding_scale = m->embedding_mean + m->embedding_count;
    read_numbers(r, reference, "embedding_mean", -1e9, m->embedding_mean, m->embedding_count);
    read_numbers(r, reference, "embedding_scale", 1e-9, m->embedding_scale, m->embedding_count);
    return 1;
}

void fhi_manifest_free(fhi_manifest *m)
{
    free(m->embedding_mean);
    m->embedding_mean = m->embedding_scale = NULL;
}

/* Whether a version such as 0.1.0 asks for more than this runtime is. */
static int is_newer(const char *version)
{
    static const int OURS[3] = FHI_RUNTIME_VERSION;
    int theirs[3] = {0, 0, 0};
    sscanf(version, "%9d.%9d.%9d", &theirs[0], &theirs[1], &theirs[2]);
    for (int i = 0; i < 3; i++)
        if (theirs[i] != OURS[i])
            return theirs[i] > OURS[i];
    return 0;
}

/* A model that learned from simulated sound says so wherever it says anything of itself. */
static void read_simulated(reading *r, const fhi_value *root, const fhi_manifest *m)
{
    const fhi_value *training = fhi_member(r->json, root, "training_data");
    const fhi_value *learned = training ? fhi_member(r->json, training, "simulated") : NULL;
    if (learned && learned->kind != FHI_NULL && (learned->kind == FHI_TRUE) != m->simulated)
        refuse(r, "simulated");
    if (m->simulated && !strstr(m->notice, "simulat"))
        refuse(r, "notice");
}

fh_status fhi_manifest_read(fhi_manifest *m, const fhi_json *json, fhi_error *error)
{
    reading r = {json, ""};
    const fhi_value *root = json->values;
    char minimum[40];
    memset(m, 0, sizeof *m);
    number(&r, root, "schema_version", 1, 1);
    text(&r, root, "name", m->name, sizeof m->name);
    text(&r, root, "version", m->version, sizeof m->version);
    text(&r, root, "notice", m->notice, sizeof m->notice);
    text(&r, root, "minimum_runtime", minimum, sizeof minimum);
    m->simulated = flag(&r, root, "simulated");
    read_simulated(&r, root, m);
    read_members(&r, root, m);
    read_input(&r, root, m);
    read_rules(&r, root, m);
    read_limits(&r, root, m);
    read_answers(&r, root, m);
    if (!read_reference(&r, root, m))
        return fhi_fail(error, FH_NO_MEMORY, "", "memory ran out");
    if (*r.broken)
        return fhi_fail(error, FH_E_BUNDLE_SCHEMA, "", "%s", r.broken);
    if (is_newer(minimum))
        return fhi_fail(error, FH_E_BUNDLE_RUNTIME, "update fetal-hemo", "needs runtime %s",
                        minimum);
    return FH_OK;
}
