#include "recording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLACK_SAMPLES = 4 };

void fhi_recording_begin(fhi_recording *r)
{
    fhi_outputs outputs = r->outputs; /* widths and room serve the next recording */
    fhi_clipping *clipping = r->clipping;
    size_t room = r->clipping_room;
    memset(r, 0, sizeof *r);
    r->outputs = outputs;
    r->outputs.count = 0;
    r->clipping = clipping;
    r->clipping_room = room;
    r->low = INFINITY;
    r->high = -INFINITY;
    fhi_sha256_begin(&r->of_samples);
    fhi_sha256_begin(&r->named);
}

void fhi_recording_free(fhi_recording *r)
{
    fhi_outputs_free(&r->outputs);
    free(r->clipping);
    r->clipping = NULL;
}

static fh_status no_memory(fhi_error *error)
{
    return fhi_fail(error, FH_NO_MEMORY, "", "memory ran out");
}

/* Meters and runs the window that has just become whole. */
static fh_status end_window(fhi_recording *r, const fhi_graphs *graphs, fhi_error *error)
{
    const size_t number = r->outputs.count;
    if (number == r->clipping_room) {
        size_t room = 2 * number + 16;
        fhi_clipping *larger = realloc(r->clipping, room * sizeof *larger);
        if (!larger)
            return no_memory(error);
        r->clipping = larger;
        r->clipping_room = room;
    }
    r->clipping[number] = fhi_clipping_of(r->window, FH_WINDOW_SAMPLES);
    fh_status status = fhi_run_window(graphs, r->window, &r->outputs, error);
    r->outputs.count++;
    r->filled = 0;
    return status;
}

fh_status fhi_recording_push(fhi_recording *r, const fhi_graphs *graphs, const float *samples,
                             size_t count, fhi_error *error)
{
    fh_status status = FH_OK;
    while (count > 0 && status == FH_OK) {
        size_t room = FH_WINDOW_SAMPLES - r->filled, taken = count < room ? count : room;
        for (size_t i = 0; i < taken; i++) {
            r->low = samples[i] < r->low ? samples[i] : r->low;
            r->high = samples[i] > r->high ? samples[i] : r->high;
        }
        memcpy(r->window + r->filled, samples, taken * sizeof *samples);
        r->filled += taken;
        r->samples += taken;
        samples += taken;
        count -= taken;
        if (taken == room)
            status = end_window(r, graphs, error);
    }
    return status;
}

/* Why the recording cannot be screened; FH_OK if it can. */
static fh_status check(const fhi_recording *r, size_t windows, fhi_error *error)
{
    if (r->samples == 0)
        return fhi_fail(error, FH_E_EMPTY, "", "there are no samples");
    if (windows == 0)
        return fhi_fail(error, FH_E_TOO_SHORT, "", "%.2f s, one window needs 3.75 s",
                        (double)r->samples / FH_SAMPLE_RATE_HZ);
    if (r->low == r->high)
        return fhi_fail(error, FH_E_CONSTANT, "check that the probe is connected",
                        "every sample has the same value");
    return FH_OK;
}

/* Clipped shares of `windows`, a filled one included; extremes are those of all samples. */
static double *clipped_shares(const fhi_recording *r, size_t windows)
{
    const size_t whole = r->outputs.count;
    double *shares = malloc(windows * sizeof *shares);
    for (size_t i = 0; shares && i < whole; i++)
        shares[i] = fhi_clipped_share(&r->clipping[i], r->low, r->high);
    if (shares && windows > whole) {
        fhi_clipping last = fhi_clipping_of(r->window, r->filled);
        shares[whole] = fhi_clipped_share(&last, r->low, r->high);
    }
    return shares;
}

fh_status fhi_recording_windows(fhi_recording *r, const fhi_graphs *graphs, size_t *windows,
                                double **clipped, fhi_error *error)
{
    const int nearly_whole = r->filled >= FH_WINDOW_SAMPLES - SLACK_SAMPLES;
    *windows = r->outputs.count + (nearly_whole ? 1 : 0);
    *clipped = NULL;
    fh_status status = check(r, *windows, error);
    if (status == FH_OK && nearly_whole) { /* beyond `filled` the next push writes again */
        for (size_t i = r->filled; i < FH_WINDOW_SAMPLES; i++)
            r->window[i] = r->window[r->filled - 1];
        status = fhi_run_window(graphs, r->window, &r->outputs, error);
    }
    if (status != FH_OK)
        return status;
    *clipped = clipped_shares(r, *windows);
    return *clipped ? FH_OK : no_memory(error);
}
