/* two_threads LIBONNXRUNTIME MODEL.fhb KEY SAMPLES: one recording in two threads, each with its own
 * handle on the same bundle; then a line of JSON from each. KEY and SAMPLES are raw: 32 bytes, and
 * int16 at 4,000 Hz. Exit status 0 when both gave a result. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "fetal_hemo.h"

enum { THREADS = 2, TIMES = 3, PIECE = 1000, MOST = 4000 * 120 };

static char **arguments;
static uint8_t key[1][32];
static int16_t samples[MOST];
static size_t count;
static pthread_barrier_t together;

/* Opens, pushes, asks, and starts over; gives the handle, whose result is the last one. */
static void *screen(void *unused)
{
    (void)unused;
    fh *screener = NULL;
    fh_summary summary = {.size = sizeof summary};
    const fh_options options = {sizeof options, arguments[1], (const uint8_t(*)[32])key, 1};
    pthread_barrier_wait(&together);
    fh_status status = fh_open(&screener, arguments[2], &options);
    for (int time = 0; status == FH_OK && time < TIMES; time++) {
        fh_reset(screener);
        for (size_t at = 0; status == FH_OK && at < count; at += PIECE)
            status = fh_push_int16(screener, samples + at, count - at < PIECE ? count - at : PIECE);
        if (status == FH_OK)
            status = fh_result(screener, &summary);
    }
    if (status == FH_OK)
        return screener;
    fprintf(stderr, "%s\n", fh_message(screener));
    fh_close(screener);
    return NULL;
}

int main(int given, char **all)
{
    pthread_t threads[THREADS];
    int failed = 0;
    arguments = all;
    FILE *key_file = given == 5 ? fopen(all[3], "rb") : NULL;
    FILE *sound = given == 5 ? fopen(all[4], "rb") : NULL;
    if (!key_file || !sound || fread(key[0], 1, 32, key_file) != 32)
        return 2;
    count = fread(samples, sizeof *samples, MOST, sound);
    fclose(key_file), fclose(sound);
    pthread_barrier_init(&together, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, screen, NULL))
            return 2;
    for (int i = 0; i < THREADS; i++) {
        void *made = NULL;
        pthread_join(threads[i], &made);
        if (made)
            puts(fh_json(made));
        fh_close(made);
        failed += !made;
    }
    return failed;
}
