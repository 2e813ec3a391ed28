#include "graphs.h"

#include <stdlib.h>
#include <string.h>

fh_status fhi_graphs_open(fhi_graphs *graphs, const fhi_bundle *bundle, const char *library,
                          fhi_error *error)
{
    fh_status status = fhi_ort_open(&graphs->ort, library, error);
    if (status == FH_OK)
        status = fhi_session_open(&graphs->ort, bundle->window_graph, "window.onnx",
                                  &graphs->window, error);
    if (status == FH_OK)
        status = fhi_session_open(&graphs->ort, bundle->recording_graph, "recording.onnx",
                                  &graphs->recording, error);
    return status;
}

void fhi_graphs_close(fhi_graphs *graphs)
{
    fhi_session_close(&graphs->ort, graphs->window);
    fhi_session_close(&graphs->ort, graphs->recording);
    fhi_ort_close(&graphs->ort);
    memset(graphs, 0, sizeof *graphs);
}

static int is_known_width(size_t index, size_t width)
{
    switch (index) {
    case FHI_EMBEDDINGS:
        return width > 0 && width % FHI_VIEWS == 0;
    case FHI_QUALITY:
        return width == FHI_QUALITY_CLASSES;
    case FHI_AUTOCORRELATION:
        return width == FHI_LAGS;
    case FHI_ENVELOPE:
        return width > 0 && width % FHI_FRAMES == 0;
    default:
        return width == 1;
    }
}

/* Rows can be given their room once every width is known. */
static int take_width(void *self, size_t index, const float *data, size_t count)
{
    fhi_outputs *outputs = self;
    (void)data;
    outputs->width[index] = count;
    return is_known_width(index, count);
}

static int take_row(void *self, size_t index, const float *data, size_t count)
{
    fhi_outputs *outputs = self;
    if (count != outputs->width[index])
        return 0;
    memcpy(fhi_row(outputs, (fhi_output)index, outputs->count), data, count * sizeof *data);
    return 1;
}

fh_status fhi_run_window(const fhi_graphs *graphs, const float *window, fhi_outputs *outputs,
                         fhi_error *error)
{
    static const char *const NAMES[FHI_OUTPUTS] = {
        "view_embeddings", "quality",         "heart_rate_bpm", "heart_rate_confidence",
        "dead_share",      "autocorrelation", "beat_envelope"};
    const fhi_tensor samples = {"samples", window, {1, FH_WINDOW_SAMPLES, 0}, 2};
    fh_status status = FH_OK;
    if (outputs->width[0] == 0)
        status = fhi_session_run(&graphs->ort, graphs->window, &samples, 1, NAMES, FHI_OUTPUTS,
                                 take_width, outputs, error);
    if (status == FH_OK && !fhi_outputs_reserve(outputs, outputs->count + 1))
        status = fhi_fail(error, FH_NO_MEMORY, "", "memory ran out");
    if (status == FH_OK)
        status = fhi_session_run(&graphs->ort, graphs->window, &samples, 1, NAMES, FHI_OUTPUTS,
                                 take_row, outputs, error);
    return status;
}

/* Where the outputs of the recording graph go. */
typedef struct judged {
    float *into[2];
    size_t width[2];
} judged;

static int take_judged(void *self, size_t index, const float *data, size_t count)
{
    judged *j = self;
    if (count != j->width[index])
        return 0;
    memcpy(j->into[index], data, count * sizeof *data);
    return 1;
}

fh_status fhi_run_recording(const fhi_graphs *graphs, const float *embeddings, size_t embedding,
                            const float *usable, const float *start_s, size_t count,
                            float logits[FHI_BP_CLASSES], float *attention, fhi_error *error)
{
    static const char *const NAMES[] = {"logits", "window_attention"};
    const int64_t windows = (int64_t)count;
    float *every_view = malloc((FHI_VIEWS + 1) * count * sizeof *every_view);
    if (!every_view)
        return fhi_fail(error, FH_NO_MEMORY, "", "memory ran out");
    float *starts = every_view + FHI_VIEWS * count;
    for (size_t i = 0; i < FHI_VIEWS * count; i++)
        every_view[i] = 1.0f;
    for (size_t i = 0; i < count; i++)
        starts[i] = start_s ? start_s[i] : 3.75f * (float)i;
    const fhi_tensor inputs[] = {
        {"view_embeddings", embeddings, {windows, FHI_VIEWS, (int64_t)embedding}, 3},
        {"start_s", starts, {windows, 0, 0}, 1},
        {"view_mask", every_view, {windows, FHI_VIEWS, 0}, 2},
        {"window_mask", usable, {windows, 0, 0}, 1},
    };
    judged j = {{logits, attention}, {FHI_BP_CLASSES, count}};
    fh_status status = fhi_session_run(&graphs->ort, graphs->recording, inputs, 4, NAMES, 2,
                                       take_judged, &j, error);
    free(every_view);
    return status;
}
