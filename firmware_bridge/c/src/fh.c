#define _POSIX_C_SOURCE 200112L

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bundle.h"
#include "graphs.h"
#include "recording.h"
#include "result.h"
#include "result_json.h"
#include "self_test.h"

enum { MAX_DURATION_S = 3600, PIECE = 1024 };
#define LARGEST_FLOAT 64.0f /* float audio beyond this holds int16 values */

struct fh {
    fhi_bundle bundle;
    fhi_graphs graphs;
    fhi_rate_model model;
    fhi_recording recording;
    fhi_result result;
    int open, has_result;
    fhi_error error;   /* the last one */
    fhi_error refused; /* why this recording cannot be screened; status FH_OK if it can */
    double busy_s;     /* time spent on this recording */
    char *json;
};

int fh_abi_version(void)
{
    return FH_ABI_VERSION;
}

static double now_s(void)
{
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static fh_status check_options(fh *screener, const char *path, const fh_options *options)
{
    if (!path || !options || options->size != sizeof *options || !options->onnxruntime)
        return fhi_fail(&screener->error, FH_E_USAGE, "",
                        "fh_open needs a path and options of this library's size");
    if (options->trusted_key_count == 0 || !options->trusted_keys)
        return fhi_fail(&screener->error, FH_E_KEY, "give the public key of a signer",
                        "no key is trusted");
    return FH_OK;
}

fh_status fh_open(fh **made, const char *path, const fh_options *options)
{
    fh *screener = made ? calloc(1, sizeof *screener) : NULL;
    if (!made)
        return FH_E_USAGE;
    *made = screener;
    if (!screener)
        return FH_NO_MEMORY;
    fh_status status = check_options(screener, path, options);
    if (status == FH_OK)
        status = fhi_bundle_open(&screener->bundle, path, options, &screener->error);
    if (status == FH_OK)
        status = fhi_graphs_open(&screener->graphs, &screener->bundle, options->onnxruntime,
                                 &screener->error);
    if (status == FH_OK)
        status = fhi_self_test(&screener->graphs, &screener->bundle, &screener->error);
    fhi_bundle_forget_file(&screener->bundle); /* onnxruntime has made its own of the graphs */
    screener->open = status == FH_OK;
    if (screener->open)
        fhi_rate_model_make(&screener->model);
    fhi_recording_begin(&screener->recording);
    return status;
}

static void forget_result(fh *screener)
{
    fhi_result_free(&screener->result);
    free(screener->json);
    screener->json = NULL;
    screener->has_result = 0;
}

void fh_close(fh *screener)
{
    if (!screener)
        return;
    forget_result(screener);
    fhi_recording_free(&screener->recording);
    fhi_graphs_close(&screener->graphs);
    fhi_bundle_close(&screener->bundle);
    free(screener);
}

void fh_reset(fh *screener)
{
    forget_result(screener);
    fhi_recording_begin(&screener->recording);
    memset(&screener->refused, 0, sizeof screener->refused);
    screener->busy_s = 0.0;
}

/* Whether the handle takes a recording now; else the status that says why not. */
static fh_status ready(fh *screener)
{
    if (!screener)
        return FH_E_USAGE;
    if (!screener->open)
        return fhi_fail(&screener->error, FH_E_USAGE, "", "the bundle is not open");
    return screener->refused.status;
}

/* Notes an error of the recording, which stays until fh_reset. */
static fh_status refuse(fh *screener)
{
    screener->refused = screener->error;
    return screener->error.status;
}

fh_status fh_rate(fh *screener, double rate_hz)
{
    fh_status status = ready(screener);
    if (status != FH_OK || rate_hz == FH_SAMPLE_RATE_HZ)
        return status;
    fhi_fail(&screener->error, FH_E_SAMPLE_RATE, "resample it, or use firmware_bridge in Python",
             "%g Hz, this library takes %d", rate_hz, FH_SAMPLE_RATE_HZ);
    return refuse(screener);
}

static fh_status check_length(fh *screener, size_t count)
{
    const uint64_t most = (uint64_t)MAX_DURATION_S * FH_SAMPLE_RATE_HZ;
    if (count <= most - screener->recording.samples)
        return FH_OK;
    fhi_fail(&screener->error, FH_E_TOO_LONG, "cut it into shorter recordings",
             "more than %d min", MAX_DURATION_S / 60);
    return refuse(screener);
}

static fh_status check_samples(fh *screener, const float *samples, size_t count)
{
    float largest = 0.0f;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(samples[i])) {
            fhi_fail(&screener->error, FH_E_NOT_FINITE, "", "samples that are no numbers");
            return refuse(screener);
        }
        largest = fmaxf(largest, fabsf(samples[i]));
    }
    if (largest <= LARGEST_FLOAT)
        return FH_OK;
    fhi_fail(&screener->error, FH_E_NOT_AUDIO, "push int16 values as int16",
             "float samples beyond -64 to 64");
    return refuse(screener);
}

/* A recording that has been named needs no hash of its samples. */
static void hash_samples(fhi_recording *recording, const void *samples, size_t bytes)
{
    if (recording->named.length == 0)
        fhi_sha256_add(&recording->of_samples, samples, bytes);
}

static fh_status take(fh *screener, const float *samples, size_t count)
{
    fh_status status = fhi_recording_push(&screener->recording, &screener->graphs, samples, count,
                                          &screener->error);
    return status == FH_OK ? FH_OK : refuse(screener);
}

fh_status fh_push(fh *screener, const float *samples, size_t count)
{
    const double started = now_s();
    fh_status status = ready(screener);
    if (status == FH_OK)
        status = check_length(screener, count);
    if (status == FH_OK)
        status = check_samples(screener, samples, count);
    if (status != FH_OK)
        return status;
    hash_samples(&screener->recording, samples, count * sizeof *samples);
    status = take(screener, samples, count);
    screener->busy_s += now_s() - started;
    return status;
}

fh_status fh_push_int16(fh *screener, const int16_t *samples, size_t count)
{
    const double started = now_s();
    float piece[PIECE];
    fh_status status = ready(screener);
    if (status == FH_OK)
        status = check_length(screener, count);
    if (status != FH_OK)
        return status;
    hash_samples(&screener->recording, samples, count * sizeof *samples);
    while (count > 0 && status == FH_OK) {
        size_t taken = count < PIECE ? count : PIECE;
        for (size_t i = 0; i < taken; i++)
            piece[i] = (float)samples[i] / 32768.0f;
        status = take(screener, piece, taken);
        samples += taken;
        count -= taken;
    }
    screener->busy_s += now_s() - started;
    return status;
}

fh_status fh_identify(fh *screener, const void *bytes, size_t count)
{
    if (!screener)
        return FH_E_USAGE;
    fhi_sha256_add(&screener->recording.named, bytes, count);
    return FH_OK;
}

/* The result of the windows so far, in `screener->result`. */
static fh_status make_result(fh *screener)
{
    fhi_recording *recording = &screener->recording;
    size_t windows = 0;
    double *clipped = NULL;
    fh_status status = fhi_recording_windows(recording, &screener->graphs, &windows, &clipped,
                                             &screener->error);
    if (status == FH_OK)
        status = fhi_result_make(&screener->result, &screener->graphs, &screener->bundle.manifest,
                                 &screener->model, &recording->outputs, clipped, windows,
                                 &screener->error);
    free(clipped);
    return status;
}

static void identify(fh *screener)
{
    const fhi_recording *recording = &screener->recording;
    uint8_t digest[FHI_SHA256_BYTES];
    fhi_sha256_digest(recording->named.length ? &recording->named : &recording->of_samples, digest);
    fhi_hex(digest, sizeof digest, screener->result.sha256);
    screener->result.summary.duration_s = (double)recording->samples / FH_SAMPLE_RATE_HZ;
}

fh_status fh_result(fh *screener, fh_summary *summary)
{
    const double started = now_s();
    if (!screener || !summary || summary->size != sizeof *summary)
        return FH_E_USAGE;
    fh_status status = ready(screener);
    forget_result(screener);
    if (status == FH_OK)
        status = make_result(screener);
    if (status == FH_OK)
        identify(screener);
    else if (fh_exit_status(status) == fh_exit_status(FH_E_NOT_AUDIO)) /* data, not the machine */
        fhi_result_refuse(&screener->result, &screener->bundle.manifest,
                          screener->refused.status ? &screener->refused : &screener->error);
    else
        return status;
    screener->busy_s += now_s() - started;
    screener->result.timing_s = screener->busy_s;
    screener->has_result = 1;
    *summary = screener->result.summary;
    summary->size = sizeof *summary;
    return FH_OK;
}

const fh_window *fh_windows(const fh *screener)
{
    return screener->result.windows;
}

const double *fh_beats(const fh *screener)
{
    return screener->result.beats_s;
}

const char *fh_json(fh *screener)
{
    if (screener->has_result && !screener->json)
        screener->json = fhi_result_json(&screener->result, &screener->bundle);
    return screener->json;
}

const char *fh_message(const fh *screener)
{
    return screener ? screener->error.line : "";
}
