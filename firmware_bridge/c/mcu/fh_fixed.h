/* Integer arithmetic of the front end: products of 16 bits, logarithms and their opposite. */
#ifndef FH_FIXED_H
#define FH_FIXED_H

#include <stdint.h>
#include <string.h>

#include "fh_front_end_tables.h"

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__ARM_FEATURE_SIMD32)
#include <arm_acle.h>
/* The next two words, in one instruction. */
#define FH_TWO_WORDS(from, first, second) \
    __asm__("ldrd %0, %1, [%2], #8" : "=&r"(first), "=&r"(second), "+&r"(from) : : "memory")
/* The two words before, the nearer one first. */
#define FH_TWO_WORDS_BACK(from, first, second) \
    __asm__("ldrd %1, %0, [%2, #-8]!" : "=&r"(first), "=&r"(second), "+&r"(from) : : "memory")
/* sum + low half of x * low half of w + high half * high half */
static inline int32_t fh_dual_words(uint32_t x, uint32_t w, int32_t sum)
{
    return __smlad((int16x2_t)x, (int16x2_t)w, sum);
}
/* sum + x * a half of w / 2^16 */
static inline int32_t fh_low(int32_t x, uint32_t w, int32_t sum)
{
    return __smlawb(x, (int32_t)w, sum);
}
static inline int32_t fh_high(int32_t x, uint32_t w, int32_t sum)
{
    return __smlawt(x, (int32_t)w, sum);
}
#else
#define FH_TWO_WORDS(from, first, second) \
    (memcpy(&(first), (from), 4), memcpy(&(second), (from) + 1, 4), (from) += 2)
#define FH_TWO_WORDS_BACK(from, first, second) \
    ((from) -= 2, memcpy(&(first), (from) + 1, 4), memcpy(&(second), (from), 4))
static inline int32_t fh_dual_words(uint32_t x, uint32_t w, int32_t sum)
{
    return sum + (int16_t)x * (int16_t)w + (int16_t)(x >> 16) * (int16_t)(w >> 16);
}
static inline int32_t fh_low(int32_t x, uint32_t w, int32_t sum)
{
    return sum + (int32_t)((int64_t)x * (int16_t)w >> 16);
}
static inline int32_t fh_high(int32_t x, uint32_t w, int32_t sum)
{
    return sum + (int32_t)((int64_t)x * (int16_t)(w >> 16) >> 16);
}
#endif

#ifdef __GNUC__
#define FH_UNROLL _Pragma("GCC unroll 6")
#else
#define FH_UNROLL
#endif

/* The same of two samples, wherever they begin. */
static inline int32_t fh_dual(const int16_t *x, uint32_t w, int32_t sum)
{
    uint32_t pair;
    memcpy(&pair, x, sizeof pair);
    return fh_dual_words(pair, w, sum);
}

/* Product of two rows of an even count. */
static inline int32_t fh_dot(const int16_t *x, const int16_t *w, int count)
{
    int32_t sum = 0;
    FH_UNROLL
    for (int i = 0; i < count; i += 2) {
        uint32_t word;
        memcpy(&word, w + i, sizeof word);
        sum = fh_dual(x + i, word, sum);
    }
    return sum;
}

static inline uint8_t fh_byte(int32_t value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* How many bits above the highest one are 0; the value is not 0. */
static inline int fh_leading_zeros(uint32_t value)
{
#ifdef __GNUC__
    return __builtin_clz(value);
#else
    int count = 0;
    while (!(value << count >> 31))
        count++;
    return count;
#endif
}

/* log2 of a positive number, 10 bits behind the point, right to a 1024th; 0 for 0. */
static inline int32_t fh_log2_q10(uint64_t value)
{
    uint32_t top = (uint32_t)(value >> 32), rest = (uint32_t)value;
    int32_t whole = 63;
    if (top == 0) {
        top = rest;
        rest = 0;
        whole = 31;
    }
    if (top == 0)
        return 0;
    const int shift = fh_leading_zeros(top);
    top = top << shift | rest >> 1 >> (31 - shift);
    const uint32_t entry = top >> 23 & 0xff, low = fh_log2[entry];
    const uint32_t step = (fh_log2[entry + 1] - low) * (top >> 15 & 0xff) >> 8;
    return (whole - shift) * 1024 + (int32_t)((low + step + 16) >> 5);
}

/* 2 to a power of 0 to 31 with 10 bits behind the point, right to 1.5 in 1000 either way. */
static inline uint32_t fh_exp2_q10(int32_t power)
{
    const uint32_t mantissa = fh_exp2[((power & 1023) + 2) >> 2];
    const int32_t shift = (power >> 10) - 15;
    return shift < 0 ? mantissa >> -shift : mantissa << shift;
}

#endif
