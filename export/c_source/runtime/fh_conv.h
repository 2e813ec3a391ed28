/* int8 convolutional trunks on any processor: no malloc, no globals, no libm.
 *
 * Activations are uint8, channels last: a row is one moment, so the patch that a convolution
 * sees at an output step is one run of consecutive bytes. The results are the bytes of
 * onnxruntime's QLinearConv. With -DFH_FIXED_POINT no float instruction is executed; a result
 * then lies at most 1 from QLinearConv's, and only where the exact value is closer to a half
 * than float32 can tell (see fh_requantise).
 */
#ifndef FH_CONV_H
#define FH_CONV_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of weights, which are read two words at a time. */
#ifdef __GNUC__
#define FH_ALIGNED __attribute__((aligned(4)))
#else
#define FH_ALIGNED
#endif

/* Rows of a tensor in the arena, with the rows of zero point that the next convolution reads. */
typedef struct {
    uint32_t offset; /* bytes from the start of the arena to the first row, padding included */
    uint16_t steps;
    uint16_t channels;
    uint8_t pad_before, pad_after; /* rows */
    uint8_t zero_point;
    float scale; /* real value = scale * (byte - zero_point) */
} fh_tensor;

typedef struct {
    const int8_t *weights; /* [outputs / 2][words][2][4]: two outputs side by side */
    const int32_t *bias;   /* with the input's zero point taken off */
    const float *scale;    /* input scale * weight scale / output scale, one an output */
    uint16_t words;        /* a patch in words of 4 bytes; weights beyond its end are 0 */
    uint16_t hop;          /* bytes from a patch to the next: stride * input channels */
} fh_layer;

typedef struct {
    const char *name;
    const fh_layer *layers;
    const fh_tensor *tensors; /* layers + 1: the input, then every output */
    uint8_t layer_count;
} fh_trunk;

/* Where the caller puts the input, `steps` rows of `channels` bytes. */
uint8_t *fh_trunk_input(const fh_trunk *trunk, uint8_t *arena);

/* The output, `steps` rows of `channels` bytes inside the arena. The input is overwritten. */
const uint8_t *fh_trunk_run(const fh_trunk *trunk, uint8_t *arena);

/* The byte of an accumulator; exported for tests. */
uint8_t fh_requantise(int32_t accumulator, float scale, uint8_t zero_point);

#ifdef __cplusplus
}
#endif
#endif
