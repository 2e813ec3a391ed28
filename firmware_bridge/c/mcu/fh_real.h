/* The few functions of real numbers that the heads need, from + - * / alone: no libm.
 * And half floats, to keep numbers in 16 bits.
 *
 * float32, relative error below 1e-6 in the ranges that occur; the same on every processor when
 * compiled with -ffp-contract=off.
 */
#ifndef FH_REAL_H
#define FH_REAL_H

#include <stdint.h>
#include <string.h>

static inline float fh_from_bits(int32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline int32_t fh_to_bits(float value)
{
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* e to the x; x is cut to -87 ... 87. */
static inline float fh_exp(float x)
{
    x = x < -87.0f ? -87.0f : x > 87.0f ? 87.0f : x;
    const float turns = x * 1.44269504f;
    const int32_t whole = (int32_t)(turns + (turns < 0.0f ? -0.5f : 0.5f));
    const float n = (float)whole;
    const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f; /* ln 2 in two parts */
    float sum = 1.0f / 720.0f;
    sum = sum * r + 1.0f / 120.0f;
    sum = sum * r + 1.0f / 24.0f;
    sum = sum * r + 1.0f / 6.0f;
    sum = sum * r + 0.5f;
    sum = sum * r + 1.0f;
    sum = sum * r + 1.0f;
    return sum * fh_from_bits((whole + 127) * (1 << 23));
}

static inline float fh_tanh(float x)
{
    return 1.0f - 2.0f / (fh_exp(2.0f * x) + 1.0f);
}

/* Natural logarithm of a positive normal number. */
static inline float fh_ln(float x)
{
    const int32_t bits = fh_to_bits(x), exponent = (bits - 0x3f3504f3) >> 23; /* mantissa from sqrt(1/2) */
    const float m = fh_from_bits(bits - exponent * (1 << 23));
    const float s = (m - 1.0f) / (m + 1.0f), q = s * s;
    float sum = 1.0f / 9.0f;
    sum = sum * q + 1.0f / 7.0f;
    sum = sum * q + 1.0f / 5.0f;
    sum = sum * q + 1.0f / 3.0f;
    sum = sum * q + 1.0f;
    return 2.0f * s * sum + (float)exponent * 0.693147181f;
}

/* Square root of a positive normal number: three steps of Newton's from half the exponent. */
static inline float fh_sqrt(float x)
{
    float root = fh_from_bits((fh_to_bits(x) >> 1) + 0x1fbd1df5);
    for (int i = 0; i < 3; i++)
        root = 0.5f * (root + x / root);
    return root;
}

/* Sine of a number of turns from 0 on. */
static inline float fh_sine_of_turns(float turns)
{
    float t = turns - (float)(int32_t)turns; /* 0 to 1 */
    t = t > 0.75f ? t - 1.0f : t > 0.25f ? 0.5f - t : t; /* -1/4 to 1/4 */
    const float x = 6.28318531f * t, q = x * x;
    float sum = -1.0f / 39916800.0f;
    sum = sum * q + 1.0f / 362880.0f;
    sum = sum * q - 1.0f / 5040.0f;
    sum = sum * q + 1.0f / 120.0f;
    sum = sum * q - 1.0f / 6.0f;
    sum = sum * q + 1.0f;
    return x * sum;
}

/* Bits of the nearest IEEE half float, the even one of two; beyond 65504 that, NaN stays NaN. */
static inline uint16_t fh_to_half(float x)
{
    const uint32_t bits = (uint32_t)fh_to_bits(x), size = bits & 0x7fffffff;
    uint32_t half = (size - (112u << 23) + 0xfff + (size >> 13 & 1)) >> 13; /* other exponent */
    if (size > 0x7f800000)
        half = 0x7e00;
    else if (size > 0x477fe000)
        half = 0x7bff;
    else if (size < 0x38800000) /* steps of 2^-24, as from 1/2 to 1 in float32 */
        half = (uint32_t)fh_to_bits(fh_from_bits((int32_t)size) + 0.5f) - 0x3f000000;
    return (uint16_t)((bits >> 16 & 0x8000) | half);
}

/* The number of such bits, exactly. */
static inline float fh_from_half(uint16_t half)
{
    const int32_t size = (half & 0x7fff) << 13;
    const float x = size < 0x0f800000 ? fh_from_bits(size) * 5.192296858534828e33f /* 2^112 */
                                      : fh_from_bits(size | 0x7f800000);
    return half & 0x8000 ? -x : x;
}

#endif
