#include "fh_conv.h"

#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the weights are laid out for little-endian processors"
#endif

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__ARM_FEATURE_SIMD32)
#include <arm_acle.h>
#define FH_DSP 1
#endif

/* ---- requantisation ---------------------------------------------------------------------- */

static inline uint8_t saturate(int32_t value)
{
#ifdef FH_DSP
    return (uint8_t)__usat(value, 8);
#else
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
#endif
}

static int32_t float_bits(float value)
{
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

#ifdef FH_FIXED_POINT

/* A float32 scale is mantissa * 2^-shift exactly, so the product has no rounding of its own:
 * halves go up here, to even in QLinearConv, which also rounds the product to 24 bits first.
 * Both differ from the exact value by at most a half (and |value| * 2^-24), hence by at most 1.
 */
static inline uint8_t requantise(int32_t accumulator, float scale, uint8_t zero_point)
{
    int32_t bits = float_bits(scale);
    int32_t mantissa = (bits & 0x7fffff) | 0x800000;
    int shift = 150 - (bits >> 23); /* 1 to 62: the generator refuses others */
    int64_t product = (int64_t)accumulator * mantissa + ((int64_t)1 << (shift - 1));
    return saturate((int32_t)(product >> shift) + zero_point);
}

#else

/* Keeps a compiler that contracts a * b + c from skipping the product's own rounding. */
#if defined(__GNUC__) && defined(__arm__) && defined(__ARM_FP)
#define FH_ROUNDED(x) __asm__("" : "+t"(x))
#elif defined(__GNUC__) && defined(__aarch64__)
#define FH_ROUNDED(x) __asm__("" : "+w"(x))
#elif defined(__GNUC__) && defined(__x86_64__)
#define FH_ROUNDED(x) __asm__("" : "+x"(x))
#else
#define FH_ROUNDED(x) (void)0 /* compile with -ffp-contract=off */
#endif

/* Adding 1.5 * 2^23 leaves no bit below 1: the sum is rounded half to even, and its low bits
 * are the integer. Right below 2^22, which the generator proves for every layer.
 */
static inline uint8_t requantise(int32_t accumulator, float scale, uint8_t zero_point)
{
    float product = (float)accumulator * scale;
    FH_ROUNDED(product);
    return saturate(float_bits(product + 12582912.0f) - 0x4b400000 + zero_point);
}

#endif

uint8_t fh_requantise(int32_t accumulator, float scale, uint8_t zero_point)
{
    return requantise(accumulator, scale, zero_point);
}

/* ---- products: two output channels of one or two steps at a time ------------------------- */

typedef struct {
    int32_t a0, a1; /* first step: two channels */
    int32_t b0, b1; /* second step */
} sums;

#ifdef FH_DSP

/* Four bytes become two words of two halves: bytes 0 and 2, bytes 1 and 3. */
static inline uint32_t even_u8(uint32_t x) { return __uxtb16(x); }
static inline uint32_t even_s8(uint32_t x) { return (uint32_t)__sxtb16((int32_t)x); }

static inline uint32_t odd_u8(uint32_t x)
{
    uint32_t y;
    __asm__("uxtb16 %0, %1, ror #8" : "=r"(y) : "r"(x));
    return y;
}

static inline uint32_t odd_s8(uint32_t x)
{
    uint32_t y;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(y) : "r"(x));
    return y;
}

static inline uint32_t word_at(const void *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word); /* one load: these cores allow unaligned addresses */
    return word;
}

/* The next two words of weights, in one instruction. */
#define TWO_WORDS(w, first, second) \
    __asm__("ldrd %0, %1, [%2], #8" : "=&r"(first), "=&r"(second), "+&r"(w) : : )

static inline int32_t dual(uint32_t x, uint32_t w, int32_t sum)
{
    return __smlad((int16x2_t)x, (int16x2_t)w, sum);
}

/* A function of its own: its 14 values fill the registers, inlined some would go to the stack. */
__attribute__((noinline)) static void two_steps(const uint8_t *a, const uint8_t *b,
                                                const int8_t *w, int words, sums *s)
{
    int32_t a0 = s->a0, a1 = s->a1, b0 = s->b0, b1 = s->b1;
    const int8_t *end = w + 8 * words;
    do {
        uint32_t a_word = word_at(a), b_word = word_at(b);
        uint32_t a_even = even_u8(a_word), a_odd = odd_u8(a_word);
        uint32_t b_even = even_u8(b_word), b_odd = odd_u8(b_word);
        uint32_t w_word, w_next;
        TWO_WORDS(w, w_word, w_next);
        uint32_t half = even_s8(w_word);
        a0 = dual(a_even, half, a0);
        b0 = dual(b_even, half, b0);
        half = odd_s8(w_word);
        a0 = dual(a_odd, half, a0);
        b0 = dual(b_odd, half, b0);
        half = even_s8(w_next);
        a1 = dual(a_even, half, a1);
        b1 = dual(b_even, half, b1);
        half = odd_s8(w_next);
        a1 = dual(a_odd, half, a1);
        b1 = dual(b_odd, half, b1);
        a += 4, b += 4;
    } while (w != end);
    s->a0 = a0, s->a1 = a1, s->b0 = b0, s->b1 = b1;
}

#else

static inline void two_steps(const uint8_t *a, const uint8_t *b, const int8_t *w, int words, sums *s)
{
    for (int word = 0; word < words; word++, a += 4, b += 4, w += 8) {
        for (int i = 0; i < 4; i++) {
            s->a0 += a[i] * w[i];
            s->a1 += a[i] * w[4 + i];
            s->b0 += b[i] * w[i];
            s->b1 += b[i] * w[4 + i];
        }
    }
}

#endif

/* ---- a layer, a trunk -------------------------------------------------------------------- */

static uint8_t *first_step(const fh_tensor *t, uint8_t *arena)
{
    return arena + t->offset + (uint32_t)t->pad_before * t->channels;
}

static void fill_padding(const fh_tensor *t, uint8_t *arena)
{
    uint8_t *step = first_step(t, arena);
    memset(arena + t->offset, t->zero_point, (size_t)t->pad_before * t->channels);
    memset(step + (uint32_t)t->steps * t->channels, t->zero_point,
           (size_t)t->pad_after * t->channels);
}

/* An odd last step is computed twice and stored once. */
static void convolve(const fh_layer *layer, const uint8_t *patch, const fh_tensor *out, uint8_t *to)
{
    const int outputs = out->channels, words = layer->words;
    for (int step = 0; step < out->steps; step += 2) {
        const int both = step + 1 < out->steps;
        const uint8_t *next = both ? patch + layer->hop : patch;
        const int8_t *weights = layer->weights;
        for (int o = 0; o < outputs; o += 2, weights += 8 * words) {
            sums s = {layer->bias[o], layer->bias[o + 1], layer->bias[o], layer->bias[o + 1]};
            two_steps(patch, next, weights, words, &s);
            const float even = layer->scale[o], odd = layer->scale[o + 1];
            to[o] = requantise(s.a0, even, out->zero_point);
            to[o + 1] = requantise(s.a1, odd, out->zero_point);
            if (both) {
                to[outputs + o] = requantise(s.b0, even, out->zero_point);
                to[outputs + o + 1] = requantise(s.b1, odd, out->zero_point);
            }
        }
        patch = next + layer->hop;
        to += 2 * outputs;
    }
}

uint8_t *fh_trunk_input(const fh_trunk *trunk, uint8_t *arena)
{
    return first_step(trunk->tensors, arena);
}

const uint8_t *fh_trunk_run(const fh_trunk *trunk, uint8_t *arena)
{
    const fh_tensor *tensor = trunk->tensors;
    fill_padding(tensor, arena);
    for (int i = 0; i < trunk->layer_count; i++, tensor++) {
        convolve(&trunk->layers[i], arena + tensor->offset, tensor + 1, first_step(tensor + 1, arena));
        fill_padding(tensor + 1, arena); /* only now: its end may lie where the input was */
    }
    return first_step(tensor, arena);
}
