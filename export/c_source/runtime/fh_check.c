/* Runs the golden vectors: prints one line a trunk, exits with 1 if a byte differs.
 *
 *     cc -std=c99 -O2 fh_conv.c fh_trunks.c fh_check.c -o check && ./check
 */
#include <stdio.h>
#include <string.h>

#include "fh_golden.h"
#include "fh_trunks.h"

static uint8_t arena[FH_ARENA_BYTES];

static int differing(const fh_trunk *trunk, const fh_golden *golden)
{
    const fh_tensor *out = &trunk->tensors[trunk->layer_count];
    const int size = out->steps * out->channels;
    int count = 0;
    memcpy(fh_trunk_input(trunk, arena), golden->input,
           (size_t)trunk->tensors->steps * trunk->tensors->channels);
    const uint8_t *found = fh_trunk_run(trunk, arena);
    for (int i = 0; i < size; i++)
        count += found[i] != golden->output[i];
    printf("%s: %d of %d bytes differ\n", trunk->name, count, size);
    return count;
}

int main(void)
{
    int count = 0;
    for (int i = 0; i < FH_TRUNK_COUNT; i++)
        count += differing(&fh_trunks[i], &fh_golden_vectors[i]);
    return count != 0;
}
