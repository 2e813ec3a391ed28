#include "self_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "npz.h"

/* The other outputs are what these are made of. */
static const struct {
    fhi_output output;
    const char *name;
    double scale; /* heart rates are compared relative to 100 bpm */
} COMPARED[] = {
    {FHI_EMBEDDINGS, "view_embeddings", 1.0}, {FHI_QUALITY, "quality", 1.0},
    {FHI_RATE, "heart_rate_bpm", 100.0},      {FHI_RATE_CONFIDENCE, "heart_rate_confidence", 1.0},
    {FHI_DEAD_SHARE, "dead_share", 1.0},
};

static fh_status golden_array(const fhi_bundle *bundle, const char *name, char kind,
                              fhi_array *array, fhi_error *error)
{
    if (fhi_npz_read(bundle->golden, name, array) && array->kind == kind)
        return FH_OK;
    return fhi_fail(error, FH_E_BUNDLE_FORMAT, "", "golden.npz lacks %s", name);
}

static fh_status compare(const fhi_bundle *bundle, const char *name, double scale,
                         const float *found, size_t count, fhi_error *error)
{
    fhi_array expected;
    double worst = 0.0;
    int known = 1;
    fh_status status = golden_array(bundle, name, 'f', &expected, error);
    if (status == FH_OK && expected.count != count)
        status = fhi_fail(error, FH_E_BUNDLE_SELF_TEST, "do not use it on this machine",
                          "%s has another shape than its golden values", name);
    for (size_t i = 0; status == FH_OK && i < count; i++) {
        float golden;
        memcpy(&golden, expected.data + i * sizeof golden, sizeof golden);
        double difference = fabs((double)found[i] - (double)golden) / scale;
        known = known && !isnan(difference);
        worst = fmax(worst, difference);
    }
    fhi_array_free(&expected);
    if (status == FH_OK && !(known && worst <= bundle->manifest.golden_abs))
        status = fhi_fail(error, FH_E_BUNDLE_SELF_TEST, "do not use it on this machine",
                          "golden outputs differ by %.2g, allowed %g", worst,
                          bundle->manifest.golden_abs);
    return status;
}

/* `count` windows of int16 and their start times as floats. */
static fh_status run(const fhi_graphs *graphs, const fhi_bundle *bundle, const fhi_array *golden,
                     const fhi_array *starts, fhi_error *error)
{
    size_t windows = golden->shape[0];
    fhi_outputs outputs = {{NULL}, {0}, 0, 0};
    float logits[FHI_BP_CLASSES];
    float *room = malloc((golden->count + 3 * windows) * sizeof *room);
    if (!room)
        return fhi_fail(error, FH_NO_MEMORY, "", "memory ran out");
    float *usable = room + golden->count, *start_s = usable + windows, *attention = start_s + windows;
    for (size_t i = 0; i < golden->count; i++)
        room[i] = (float)(int16_t)fhi_u16(golden->data + 2 * i) / 32768.0f;
    for (size_t i = 0; i < windows; i++)
        usable[i] = 1.0f;
    memcpy(start_s, starts->data, windows * sizeof *start_s);
    fh_status status = FH_OK;
    for (; status == FH_OK && outputs.count < windows; outputs.count++)
        status = fhi_run_window(graphs, room + outputs.count * FH_WINDOW_SAMPLES, &outputs, error);
    if (status == FH_OK)
        status = fhi_run_recording(graphs, outputs.rows[FHI_EMBEDDINGS],
                                   outputs.width[FHI_EMBEDDINGS] / FHI_VIEWS, usable, start_s,
                                   windows, logits, attention, error);
    for (size_t i = 0; status == FH_OK && i < sizeof COMPARED / sizeof *COMPARED; i++)
        status = compare(bundle, COMPARED[i].name, COMPARED[i].scale,
                         outputs.rows[COMPARED[i].output],
                         windows * outputs.width[COMPARED[i].output], error);
    if (status == FH_OK)
        status = compare(bundle, "logits", 1.0, logits, FHI_BP_CLASSES, error);
    fhi_outputs_free(&outputs);
    free(room);
    return status;
}

fh_status fhi_self_test(const fhi_graphs *graphs, const fhi_bundle *bundle, fhi_error *error)
{
    fhi_array samples = {0}, starts = {0};
    fh_status status = golden_array(bundle, "samples", 'h', &samples, error);
    if (status == FH_OK)
        status = golden_array(bundle, "start_s", 'f', &starts, error);
    if (status == FH_OK && (samples.rank != 2 || samples.shape[0] == 0 ||
                            samples.shape[1] != FH_WINDOW_SAMPLES || starts.rank != 1 ||
                            starts.count != samples.shape[0]))
        status = fhi_fail(error, FH_E_BUNDLE_FORMAT, "", "golden.npz has the wrong shapes");
    if (status == FH_OK)
        status = run(graphs, bundle, &samples, &starts, error);
    fhi_array_free(&samples);
    fhi_array_free(&starts);
    return status;
}
