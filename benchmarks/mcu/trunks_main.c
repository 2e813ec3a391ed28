/* Trunk inputs from windows.bin -> outputs into bytes.bin, ticks and stack into counts.bin.
 *
 * windows.bin: uint32 number of windows, then each trunk's input bytes, window by window.
 */
#include "fh_trunks.h"
#include "semihosting.h"
#include "ticks.h"

static uint8_t arena[FH_ARENA_BYTES] __attribute__((aligned(4)));

static uint32_t bytes(const fh_tensor *tensor) { return (uint32_t)tensor->steps * tensor->channels; }

/* Ticks that the trunk took; 0 when a file failed. */
static uint32_t one(const fh_trunk *trunk, int in, int out)
{
    if (!semihosting_read(in, fh_trunk_input(trunk, arena), bytes(trunk->tensors)))
        return 0;
    uint32_t before = ticks_now();
    const uint8_t *found = fh_trunk_run(trunk, arena);
    uint32_t ticks = ticks_between(before, ticks_now());
    return semihosting_write(out, found, bytes(&trunk->tensors[trunk->layer_count])) ? ticks : 0;
}

int main(void)
{
    int in = semihosting_open("windows.bin", 0), out = semihosting_open("bytes.bin", 1);
    int counts = semihosting_open("counts.bin", 1);
    uint32_t windows = 0;
    if (in < 0 || out < 0 || counts < 0 || !semihosting_read(in, &windows, sizeof windows))
        return 2;
    ticks_start();
    while (windows--) {
        for (int i = 0; i < FH_TRUNK_COUNT; i++) {
            uint32_t ticks = one(&fh_trunks[i], in, out);
            if (!ticks || !semihosting_write(counts, &ticks, sizeof ticks))
                return 3;
        }
    }
    uint32_t used = stack_used();
    return semihosting_write(counts, &used, sizeof used) ? 0 : 4;
}
