/* Screening of fetal Doppler sound with a signed bundle: what `firmware_bridge` does, for C.
 *
 *     fh *screener;
 *     fh_options options = {sizeof options, "libonnxruntime.so.1", keys, 1};
 *     if (fh_open(&screener, "default.fhb", &options) == FH_OK) {
 *         fh_push_int16(screener, samples, count);     as often as there are samples
 *         fh_result(screener, &summary);               as often as wanted
 *     }
 *     fh_close(screener);
 *
 * Sound is one channel at 4,000 Hz; other rates are refused (E-SAMPLE-RATE), since a second
 * resampler would give other results than the one in Python. The same samples give the result of
 * `Screener.screen` in Python, whatever the sizes in which they are pushed.
 *
 * A handle belongs to one thread at a time; handles are independent, and nothing is global. The
 * library calls malloc, reads the bundle, loads onnxruntime with dlopen and opens nothing else.
 * It ranks who needs a (repeat) cuff reading; it never diagnoses.
 */
#ifndef FETAL_HEMO_H
#define FETAL_HEMO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define FH_API __attribute__((visibility("default")))
#else
#define FH_API
#endif

#define FH_ABI_VERSION 1 /* of this header; grows when a struct or a function changes */
#define FH_SAMPLE_RATE_HZ 4000
#define FH_WINDOW_SAMPLES 15000 /* 3.75 s */
#define FH_MAX_REASONS 8

/* What can go wrong, and the reasons to abstain. `fh_code` gives the name that the catalogue of
 * `firmware_bridge.errors` and every result have; numbers never change their meaning. */
typedef enum fh_status {
    FH_OK = 0,
    FH_NO_MEMORY = 1,
    FH_E_USAGE = 2,
    FH_E_KEY = 3,
    FH_E_EMPTY = 10,
    FH_E_NOT_AUDIO = 11,
    FH_E_SAMPLE_RATE = 12,
    FH_E_TOO_SHORT = 13,
    FH_E_TOO_LONG = 14,
    FH_E_NOT_FINITE = 15,
    FH_E_CONSTANT = 16,
    FH_E_BUNDLE_NOT_FOUND = 30,
    FH_E_BUNDLE_FORMAT = 31,
    FH_E_BUNDLE_SCHEMA = 32,
    FH_E_BUNDLE_HASH = 33,
    FH_E_BUNDLE_SIGNATURE = 34,
    FH_E_BUNDLE_UNTRUSTED = 35,
    FH_E_BUNDLE_RUNTIME = 36,
    FH_E_BUNDLE_SELF_TEST = 37,
    FH_E_NEEDS_EXTRA = 40, /* onnxruntime's library cannot be loaded */
    FH_A_SILENT = 60,
    FH_A_TALKING = 61,
    FH_A_INTERFERENCE = 62,
    FH_A_NO_FETAL_SIGNAL = 63,
    FH_A_CLIPPED = 64,
    FH_A_LITTLE_SIGNAL = 65,
    FH_A_MATERNAL_PULSE = 66,
    FH_A_NO_HEARTBEAT = 67,
    FH_A_UNCERTAIN = 68,
    FH_A_FAST_RHYTHM = 69
} fh_status;

typedef enum fh_outcome { FH_SCREENED = 0, FH_ABSTAINED = 1, FH_REFUSED = 2 } fh_outcome;

typedef enum fh_quality {
    FH_GOOD = 0,
    FH_POOR = 1,
    FH_INTERFERENCE = 2,
    FH_TALKING = 3,
    FH_SILENT = 4,
    FH_NO_FETAL_SIGNAL = 5,
    FH_CLIPPED = 6
} fh_quality;

typedef struct fh fh; /* one verified bundle and the recording that is being pushed */

typedef struct fh_options {
    size_t size;                      /* sizeof(fh_options) */
    const char *onnxruntime;          /* path or name of libonnxruntime.so, for dlopen */
    const uint8_t (*trusted_keys)[32]; /* raw Ed25519 public keys whose bundles are accepted */
    size_t trusted_key_count;
} fh_options;

/* The result in short. A double that is not known is NaN; the JSON text has null there. */
typedef struct fh_summary {
    size_t size;                   /* sizeof(fh_summary), set by the caller */
    int32_t outcome;               /* fh_outcome */
    int32_t reason_count;          /* 0 when screened */
    int32_t reasons[FH_MAX_REASONS]; /* fh_status, the most telling first */
    double probability;            /* calibrated, of `model.raised_from_mmhg` or more */
    double threshold;
    int32_t above_threshold;       /* 1 or 0; 0 too when not screened */
    int32_t usable_windows;
    double predictive_value; /* PPV above the threshold, NPV below; NaN where the bundle is silent */
    double prevalence;       /* at which that holds */
    double good_signal_s;    /* in usable windows */
    double needed_signal_s;  /* for a probability */
    double embedding_distance; /* from validation recordings, in their standard deviations */
    double mean_bpm;
    double baseline_bpm;
    double short_term_variation_ms;
    double long_term_variation_ms;
    double signal_loss_share; /* of the windows that have no fetal rate */
    double duration_s;
    size_t window_count;
    size_t beat_count;
} fh_summary;

/* What is said of one window of 3.75 s; window i starts at 3.75 i seconds. */
typedef struct fh_window {
    double heart_rate_bpm; /* NaN where no fetal rate is given */
    double confidence;     /* probability that the rate is within 4 %, also where none is given */
    double attention;      /* share of the probability's attention; NaN where not used */
    double dead_share;     /* of the window that is digital silence */
    double clipped_share;
    int32_t quality; /* fh_quality */
    int32_t usable;  /* 1 or 0 */
} fh_window;

/* Version of the ABI that the library was built with; compare it with FH_ABI_VERSION. */
FH_API int fh_abi_version(void);

/* A screener for the bundle at `path`: signature, hashes, schema and golden outputs are checked
 * before it is given. After an error `*made` exists too, for `fh_message`, unless memory ran out;
 * close it in any case. Statuses: E-USAGE, E-KEY, the E-BUNDLE ones, E-NEEDS-EXTRA. */
FH_API fh_status fh_open(fh **made, const char *path, const fh_options *options);

/* Say at which rate the recording comes. Only 4,000 is taken: else E-SAMPLE-RATE. */
FH_API fh_status fh_rate(fh *screener, double rate_hz);

/* Take the next samples of the recording, any number. Floats are in -1 to 1; beyond 64 they would
 * be int16 values in disguise and are E-NOT-AUDIO. Also E-NOT-FINITE, E-TOO-LONG (an hour) and
 * E-BUNDLE-SELF-TEST. An error stays until `fh_reset`, and `fh_result` tells it as refused. */
FH_API fh_status fh_push(fh *screener, const float *samples, size_t count);
FH_API fh_status fh_push_int16(fh *screener, const int16_t *samples, size_t count);

/* Name the recording by the SHA-256 of these bytes, for instance its file, and not of the pushed
 * samples; called again, the bytes continue. */
FH_API fh_status fh_identify(fh *screener, const void *bytes, size_t count);

/* The result for all samples so far. It may be asked for at any time, pushing may go on, and the
 * last result does not depend on earlier questions. A recording that cannot be screened (too
 * short, constant) is FH_OK with the outcome FH_REFUSED. */
FH_API fh_status fh_result(fh *screener, fh_summary *summary);

/* Windows and beats (seconds; one moment of the cycle, in windows with a rate) of the last
 * `fh_result`, as many as it counted; valid until the next call with this handle. */
FH_API const fh_window *fh_windows(const fh *screener);
FH_API const double *fh_beats(const fh *screener);

/* The last result as JSON text of schemas/result.schema.json; valid until the next call. NULL
 * before the first `fh_result` or when memory ran out. */
FH_API const char *fh_json(fh *screener);

/* Forget the recording and begin another one with the same bundle. */
FH_API void fh_reset(fh *screener);

/* Release everything; NULL is allowed. */
FH_API void fh_close(fh *screener);

/* `E-CODE: what happened; what to do` of the last error of this handle; "" without one. */
FH_API const char *fh_message(const fh *screener);

/* Name of a status in the catalogue, such as "E-BUNDLE-HASH"; NULL for a number that is none. */
FH_API const char *fh_code(int status);

/* Exit status that the catalogue gives to a status: 0 to 5; -1 for none. */
FH_API int fh_exit_status(int status);

#ifdef __cplusplus
}
#endif

#endif
