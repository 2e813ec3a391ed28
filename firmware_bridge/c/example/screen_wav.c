/* screen_wav LIBONNXRUNTIME MODEL.fhb KEY.pub RECORDING.wav: the result as JSON on standard output.
 *
 * The recording is a plain WAV of one channel, 4,000 Hz and 16 bit. Exit status as `fetal-hemo`. */
#include <stdio.h>
#include <string.h>

#include "fetal_hemo.h"

enum { HEADER = 44, BLOCK = 4096 };

/* Raw bytes of a .pub file: lines with # are comments, one line holds 64 hexadecimal digits. */
static int read_key(const char *path, uint8_t key[32])
{
    char line[128];
    unsigned byte;
    FILE *file = fopen(path, "r");
    int known = 0;
    while (file && known < 32 && fgets(line, sizeof line, file))
        for (known = 0; known < 32 && sscanf(line + 2 * known, "%2x", &byte) == 1; known++)
            key[known] = (uint8_t)byte;
    if (file)
        fclose(file);
    return known == 32;
}

/* Pushes the samples that follow a 44-byte header; the recording is named by the file's bytes. */
static fh_status push_wav(fh *screener, FILE *wav)
{
    uint8_t bytes[2 * BLOCK];
    int16_t samples[BLOCK];
    fh_status status = FH_OK;
    size_t count = fread(bytes, 1, HEADER, wav);
    if (count < HEADER || memcmp(bytes + 20, "\1\0\1\0", 4) || bytes[34] != 16 ||
        memcmp(bytes + 36, "data", 4))
        return FH_E_NOT_AUDIO; /* not 16-bit PCM of one channel with its samples right behind */
    status = fh_rate(screener, bytes[24] | bytes[25] << 8 | bytes[26] << 16);
    fh_identify(screener, bytes, count);
    while (status == FH_OK && (count = fread(bytes, 1, sizeof bytes, wav)) > 0) {
        for (size_t i = 0; i < count / 2; i++)
            samples[i] = (int16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
        fh_identify(screener, bytes, count);
        status = fh_push_int16(screener, samples, count / 2);
    }
    return status;
}

int main(int count, char **arguments)
{
    static const int EXIT[] = {0, 4, 3}; /* screened, abstained, refused */
    static const char *const HELP[] = {"E-USAGE: give LIBONNXRUNTIME MODEL.fhb KEY.pub RECORDING.wav",
                                       "E-NOT-AUDIO: give a WAV of one channel and 16 bit"};
    uint8_t key[1][32];
    fh *screener = NULL;
    fh_summary summary = {.size = sizeof summary};
    fh_status status = FH_E_USAGE;
    FILE *wav = count == 5 ? fopen(arguments[4], "rb") : NULL;
    if (wav && read_key(arguments[3], key[0])) {
        const fh_options options = {sizeof options, arguments[1], (const uint8_t(*)[32])key, 1};
        status = fh_open(&screener, arguments[2], &options);
        if (status == FH_OK && (status = push_wav(screener, wav)) != FH_E_NOT_AUDIO)
            status = fh_result(screener, &summary);
    }
    if (status == FH_OK)
        puts(fh_json(screener));
    else
        fprintf(stderr, "%s\n", *fh_message(screener) ? fh_message(screener) : HELP[!!screener]);
    fh_close(screener);
    return status == FH_OK ? EXIT[summary.outcome] : fh_exit_status(status);
}
