#define _POSIX_C_SOURCE 200112L

#include "ort.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Version 7 of the table (release 1.7) has all that is used. */
enum { API_VERSION = 7, FATAL = 4, ENABLE_ALL = 99, ELEMENT_FLOAT = 1 };

typedef void *failure; /* OrtStatus: NULL is success */

typedef struct api_base {
    const fhi_slot *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
} api_base;

#define SLOT(ort, number, type) ((type)(ort)->table[number])
#define CREATE_ENV(o) SLOT(o, 3, failure (*)(int, const char *, void **))
#define CREATE_SESSION_FROM_ARRAY(o) \
    SLOT(o, 8, failure (*)(void *, const void *, size_t, void *, void **))
#define RUN(o)                                                                              \
    SLOT(o, 9, failure (*)(void *, const void *, const char *const *, const void *const *, \
                           size_t, const char *const *, size_t, void **))
#define CREATE_SESSION_OPTIONS(o) SLOT(o, 10, failure (*)(void **))
#define SET_LOG_SEVERITY(o) SLOT(o, 22, failure (*)(void *, int))
#define SET_OPTIMISATION(o) SLOT(o, 23, failure (*)(void *, int))
#define SET_INTRA_THREADS(o) SLOT(o, 24, failure (*)(void *, int))
#define SET_INTER_THREADS(o) SLOT(o, 25, failure (*)(void *, int))
#define CREATE_TENSOR(o)                                                                    \
    SLOT(o, 49, failure (*)(const void *, void *, size_t, const int64_t *, size_t, int, void **))
#define TENSOR_DATA(o) SLOT(o, 51, failure (*)(void *, void **))
#define ELEMENT_TYPE(o) SLOT(o, 60, failure (*)(const void *, int *))
#define ELEMENT_COUNT(o) SLOT(o, 64, failure (*)(const void *, size_t *))
#define TYPE_AND_SHAPE(o) SLOT(o, 65, failure (*)(const void *, void **))
#define CREATE_CPU_MEMORY(o) SLOT(o, 69, failure (*)(int, int, void **))
#define ADD_CONFIG(o) SLOT(o, 130, failure (*)(void *, const char *, const char *))

enum {
    RELEASE_ENV = 92,
    RELEASE_STATUS = 93,
    RELEASE_MEMORY = 94,
    RELEASE_SESSION = 95,
    RELEASE_VALUE = 96,
    RELEASE_SHAPE = 99,
    RELEASE_OPTIONS = 100
};

static void release(const fhi_ort *ort, int slot, void *object)
{
    if (object)
        SLOT(ort, slot, void (*)(void *))(object);
}

/* Whether a call went well; its message is dropped, since ours says what to do. */
static int good(const fhi_ort *ort, failure failed)
{
    release(ort, RELEASE_STATUS, failed);
    return !failed;
}

/* onnxruntime 1.32 would keep a device id and events in the home folder, and send them to its maker.
 * It asks when it is loaded; its releases do not agree on the name. */
static void collect_nothing(void)
{
    static const char *const names[] = {"ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (!value || strcmp(value, "1") != 0) /* else threads that open at once would write it */
            setenv(names[i], "1", 1);
    }
}

fh_status fhi_ort_open(fhi_ort *ort, const char *library, fhi_error *error)
{
    const api_base *(*get_base)(void);
    const char *fix = "install onnxruntime and name its shared library";
    collect_nothing();
    ort->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    void *symbol = ort->library ? dlsym(ort->library, "OrtGetApiBase") : NULL;
    if (!symbol)
        return fhi_fail(error, FH_E_NEEDS_EXTRA, fix, "onnxruntime cannot be loaded");
    memcpy(&get_base, &symbol, sizeof get_base); /* C99 has no cast from void * to a function */
    ort->table = get_base()->get_api(API_VERSION);
    if (!ort->table || !good(ort, CREATE_ENV(ort)(FATAL, "fetal_hemo", &ort->environment)) ||
        !good(ort, CREATE_CPU_MEMORY(ort)(0, 0, &ort->memory)))
        return fhi_fail(error, FH_E_NEEDS_EXTRA, fix, "onnxruntime does not start");
    return FH_OK;
}

void fhi_ort_close(fhi_ort *ort)
{
    if (ort->table) {
        release(ort, RELEASE_MEMORY, ort->memory);
        release(ort, RELEASE_ENV, ort->environment);
    }
    if (ort->library)
        dlclose(ort->library);
    memset(ort, 0, sizeof *ort);
}

static int set_options(const fhi_ort *ort, void *options)
{
    /* int8 products saturate on processors without VNNI unless the last one is set */
    return good(ort, SET_OPTIMISATION(ort)(options, ENABLE_ALL)) &&
           good(ort, SET_INTRA_THREADS(ort)(options, 1)) &&
           good(ort, SET_INTER_THREADS(ort)(options, 1)) &&
           good(ort, SET_LOG_SEVERITY(ort)(options, FATAL)) &&
           good(ort, ADD_CONFIG(ort)(options, "session.x64quantprecision", "1"));
}

fh_status fhi_session_open(const fhi_ort *ort, fhi_bytes graph, const char *name, void **session,
                           fhi_error *error)
{
    void *options = NULL;
    int made = good(ort, CREATE_SESSION_OPTIONS(ort)(&options)) && set_options(ort, options) &&
               good(ort, CREATE_SESSION_FROM_ARRAY(ort)(ort->environment, graph.data, graph.count,
                                                        options, session));
    release(ort, RELEASE_OPTIONS, options);
    if (!made)
        return fhi_fail(error, FH_E_BUNDLE_FORMAT, "", "%s is not a model that runs here", name);
    return FH_OK;
}

void fhi_session_close(const fhi_ort *ort, void *session)
{
    if (ort->table)
        release(ort, RELEASE_SESSION, session);
}

static int make_tensor(const fhi_ort *ort, const fhi_tensor *tensor, void **value)
{
    size_t count = 1;
    for (size_t i = 0; i < tensor->rank; i++)
        count *= (size_t)tensor->shape[i];
    /* onnxruntime takes no const, but writes to no input */
    return good(ort, CREATE_TENSOR(ort)(ort->memory, (void *)(uintptr_t)tensor->data,
                                        count * sizeof(float), tensor->shape, tensor->rank,
                                        ELEMENT_FLOAT, value));
}

static int read_output(const fhi_ort *ort, void *value, const float **data, size_t *count)
{
    void *shape = NULL, *content = NULL;
    int type = 0;
    int known = good(ort, TYPE_AND_SHAPE(ort)(value, &shape)) &&
                good(ort, ELEMENT_TYPE(ort)(shape, &type)) && type == ELEMENT_FLOAT &&
                good(ort, ELEMENT_COUNT(ort)(shape, count)) &&
                good(ort, TENSOR_DATA(ort)(value, &content));
    release(ort, RELEASE_SHAPE, shape);
    *data = content;
    for (size_t i = 0; known && i < *count; i++)
        known = isfinite((*data)[i]);
    return known;
}

fh_status fhi_session_run(const fhi_ort *ort, void *session, const fhi_tensor *inputs,
                          size_t input_count, const char *const *outputs, size_t output_count,
                          fhi_take take, void *self, fhi_error *error)
{
    void *values[FHI_MOST_TENSORS] = {NULL}, *found[FHI_MOST_TENSORS] = {NULL};
    const char *names[FHI_MOST_TENSORS];
    int went = 1;
    for (size_t i = 0; i < input_count; i++) {
        names[i] = inputs[i].name;
        went = went && make_tensor(ort, &inputs[i], &values[i]);
    }
    went = went && good(ort, RUN(ort)(session, NULL, names, (const void *const *)values,
                                      input_count, outputs, output_count, found));
    for (size_t i = 0; went && i < output_count; i++) {
        const float *data;
        size_t count;
        went = read_output(ort, found[i], &data, &count) && take(self, i, data, count);
    }
    for (size_t i = 0; i < FHI_MOST_TENSORS; i++) {
        release(ort, RELEASE_VALUE, values[i]);
        release(ort, RELEASE_VALUE, found[i]);
    }
    if (!went)
        return fhi_fail(error, FH_E_BUNDLE_SELF_TEST, "do not use it on this machine",
                        "a model of the bundle does not run, or gives values that are no numbers");
    return FH_OK;
}
