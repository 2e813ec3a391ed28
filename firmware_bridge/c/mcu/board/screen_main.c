/* samples.bin (int16 at 4 kHz) and usable.bin (a byte a window) -> verdict.bin, windows.bin,
 * ticks.bin (a uint32 a window, then the stack used). Everything a test needs of a board.
 */
#include "fh_screen.h"
#include "semihosting.h"
#include "ticks.h"

enum { CHUNK = 250, CHUNKS = FH_WINDOW_SAMPLES / CHUNK }; /* 62.5 ms, as a DMA buffer would hold */

static fh_screen screen;
static uint8_t usable[FH_MAX_WINDOWS];

/* Ticks that a window's samples took, 0 at the end of the file. */
static uint32_t hear_window(int in)
{
    int16_t samples[CHUNK];
    uint32_t ticks = 0;
    for (int i = 0; i < CHUNKS; i++) {
        if (!semihosting_read(in, samples, sizeof samples))
            return 0;
        const uint32_t before = ticks_now();
        if (fh_screen_push(&screen, samples, CHUNK) != CHUNK)
            return 0;
        ticks += ticks_between(before, ticks_now());
    }
    return ticks;
}

int main(void)
{
    const int in = semihosting_open("samples.bin", 0), flags = semihosting_open("usable.bin", 0);
    const int out = semihosting_open("verdict.bin", 1), ticks_out = semihosting_open("ticks.bin", 1);
    const int windows_out = semihosting_open("windows.bin", 1);
    fh_verdict verdict;
    uint32_t ticks;
    if (in < 0 || flags < 0 || out < 0 || ticks_out < 0 || windows_out < 0)
        return 2;
    ticks_start();
    fh_screen_start(&screen);
    while ((ticks = hear_window(in)) != 0)
        semihosting_write(ticks_out, &ticks, sizeof ticks);
    const size_t count = (size_t)screen.count;
    if (!semihosting_read(flags, usable, count))
        return 3;
    if (fh_screen_finish(&screen, usable, &verdict) != FH_OK)
        return 4;
    if (!semihosting_write(windows_out, screen.windows, count * sizeof *screen.windows))
        return 5;
    ticks = stack_used();
    return semihosting_write(ticks_out, &ticks, sizeof ticks) &&
           semihosting_write(out, &verdict, sizeof verdict) ? 0 : 6;
}
