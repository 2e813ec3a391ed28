/* Integer arithmetic of the front end: products of 16 bits, logarithms and their opposite. */
#ifndef FH_FIXED_H
#define FH_FIXED_H

#include <stdint.h>
#include <string.h>

#include "fh_front_end_tables.h"

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__ARM_FEATURE_SIMD32)
#include <arm_acle.h>
/* sum + x[0] * low half of w + x[1] * high half */
static inline int32_t fh_dual(const int16_t *x, uint32_t w, int32_t sum)
{
    int16x2_t pair;
    memcpy(&pair, x, sizeof pair);
    return __smlad(pair, (int16x2_t)w, sum);
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
static inline int32_t fh_dual(const int16_t *x, uint32_t w, int32_t sum)
{
    return sum + x[0] * (int16_t)w + x[1] * (int16_t)(w >> 16);
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
#define FH_UNROLL _Pragma("GCC unroll 4")
#else
#define FH_UNROLL
#endif

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

/* log2 of a positive number, 10 bits behind the point, right to a 1024th; 0 for 0. */
static inline int32_t fh_log2_q10(uint64_t value)
{
    if (value == 0)
        return 0;
    int shift = 0;
#ifdef __GNUC__
    shift = __builtin_clzll(value);
#else
    while (!(value << shift >> 63))
        shift++;
#endif
    uint32_t top = (uint32_t)(value << shift >> 32); /* bit 31 is set */
    uint32_t entry = top >> 23 & 0xff, rest = top >> 15 & 0xff;
    uint32_t low = fh_log2[entry], high = fh_log2[entry + 1];
    return (63 - shift) * 1024 + (int32_t)((low + ((high - low) * rest >> 8) + 16) >> 5);
}

/* 2 to a power of 0 to 40 with 10 bits behind the point, right to 1.5 in 1000 either way. */
static inline uint64_t fh_exp2_q10(int32_t power)
{
    return (uint64_t)fh_exp2[((power & 1023) + 2) >> 2] << (power >> 10) >> 15;
}

#endif
