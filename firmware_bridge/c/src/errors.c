#include "errors.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct entry {
    fh_status status;
    int exit_status;
    const char *code;
    const char *meaning; /* told to a person; of reasons to abstain only */
} entry;

static const entry CATALOGUE[] = {
    {FH_OK, 0, "", ""},
    {FH_NO_MEMORY, 1, "E-BUG", ""},
    {FH_E_USAGE, 2, "E-USAGE", ""},
    {FH_E_KEY, 2, "E-KEY", ""},
    {FH_E_EMPTY, 3, "E-EMPTY", ""},
    {FH_E_NOT_AUDIO, 3, "E-NOT-AUDIO", ""},
    {FH_E_SAMPLE_RATE, 3, "E-SAMPLE-RATE", ""},
    {FH_E_TOO_SHORT, 3, "E-TOO-SHORT", ""},
    {FH_E_TOO_LONG, 3, "E-TOO-LONG", ""},
    {FH_E_NOT_FINITE, 3, "E-NOT-FINITE", ""},
    {FH_E_CONSTANT, 3, "E-CONSTANT", ""},
    {FH_E_BUNDLE_NOT_FOUND, 5, "E-BUNDLE-NOT-FOUND", ""},
    {FH_E_BUNDLE_FORMAT, 5, "E-BUNDLE-FORMAT", ""},
    {FH_E_BUNDLE_SCHEMA, 5, "E-BUNDLE-SCHEMA", ""},
    {FH_E_BUNDLE_HASH, 5, "E-BUNDLE-HASH", ""},
    {FH_E_BUNDLE_SIGNATURE, 5, "E-BUNDLE-SIGNATURE", ""},
    {FH_E_BUNDLE_UNTRUSTED, 5, "E-BUNDLE-UNTRUSTED", ""},
    {FH_E_BUNDLE_RUNTIME, 5, "E-BUNDLE-RUNTIME", ""},
    {FH_E_BUNDLE_SELF_TEST, 5, "E-BUNDLE-SELF-TEST", ""},
    {FH_E_NEEDS_EXTRA, 2, "E-NEEDS-EXTRA", ""},
    {FH_A_SILENT, 4, "A-SILENT", "most of the recording is silence: is the probe plugged in?"},
    {FH_A_TALKING, 4, "A-TALKING", "most of the recording is speech or room noise"},
    {FH_A_INTERFERENCE, 4, "A-INTERFERENCE", "most of the recording is under radio interference"},
    {FH_A_NO_FETAL_SIGNAL, 4, "A-NO-FETAL-SIGNAL",
     "most of the recording holds no fetal beat: move the probe, and feel the mother's pulse, "
     "which it may hear instead"},
    {FH_A_CLIPPED, 4, "A-CLIPPED", "most of the recording is clipped"},
    {FH_A_LITTLE_SIGNAL, 4, "A-LITTLE-SIGNAL",
     "too few windows are good enough for a probability"},
    {FH_A_MATERNAL_PULSE, 4, "A-MATERNAL-PULSE",
     "the only pulse found is in the mother's range: feel her pulse, then move the probe"},
    {FH_A_FAST_RHYTHM, 4, "A-FAST-RHYTHM",
     "a rhythm above 200 a minute is heard, too fast to be told: have the heart listened to"},
    {FH_A_NO_HEARTBEAT, 4, "A-NO-HEARTBEAT", "no fetal heart rate was found"},
    {FH_A_UNCERTAIN, 4, "A-UNCERTAIN", "the sound does not decide between the two groups"},
};

static const entry *find(int status)
{
    for (size_t i = 0; i < sizeof CATALOGUE / sizeof *CATALOGUE; i++)
        if ((int)CATALOGUE[i].status == status)
            return &CATALOGUE[i];
    return NULL;
}

const char *fh_code(int status)
{
    const entry *found = find(status);
    return found ? found->code : NULL;
}

int fh_exit_status(int status)
{
    const entry *found = find(status);
    return found ? found->exit_status : -1;
}

const char *fhi_meaning(fh_status status)
{
    const entry *found = find(status);
    return found ? found->meaning : "";
}

fh_status fhi_fail(fhi_error *error, fh_status status, const char *fix, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->what, sizeof error->what, format, arguments);
    va_end(arguments);
    snprintf(error->fix, sizeof error->fix, "%s", fix);
    snprintf(error->line, sizeof error->line, "%s: %s%s%s", fh_code(status), error->what,
             *fix ? "; " : "", fix);
    error->status = status;
    return status;
}
