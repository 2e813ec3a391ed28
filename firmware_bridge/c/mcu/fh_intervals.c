/* Intervals of the cardiac cycle: how well one envelope follows another, in integers. */
#include "fh_fixed.h"
#include "fh_front_end.h"

enum { AT_ONCE = 4 }; /* lags that share what is loaded */

/* The largest number whose square is not above the value, which is below 2^40. */
static int32_t square_root(uint64_t value)
{
    uint32_t root = 0;
    for (uint32_t bit = 1u << 19; bit; bit >>= 1)
        if ((uint64_t)(root + bit) * (root + bit) <= value)
            root += bit;
    return (int32_t)root;
}

static inline int32_t rounded(int32_t value, int32_t divisor)
{
    return (value + (value < 0 ? -divisor : divisor) / 2) / divisor;
}

/* Means over FH_INTERVAL_FRAMES frames without the window's mean, as a vector of length 2^15: no
 * product of two such is beyond 2^30. Zeros follow.
 */
static void make_unit(const fh_front_end *f, int group, int16_t *steps)
{
    int32_t sum = 0;
    uint64_t square = 0;
    memset(steps, 0, FH_INTERVAL_ROOM * sizeof *steps);
    for (int t = 0; t < FH_FRAMES; t++)
        sum += f->envelope[t][group];
    const int32_t mean = rounded(sum, FH_INTERVAL_STEPS);
    for (int t = 0; t < FH_INTERVAL_STEPS; t++) {
        int32_t step = -mean;
        for (int i = 0; i < FH_INTERVAL_FRAMES; i++)
            step += f->envelope[t * FH_INTERVAL_FRAMES + i][group];
        steps[t] = (int16_t)step;
        square += (uint32_t)(step * step);
    }
    const int32_t length = square_root(square > FH_LEAST_SQUARE ? square : FH_LEAST_SQUARE);
    for (int t = 0; t < FH_INTERVAL_STEPS; t++) {
        const int32_t unit = rounded(steps[t] * 32768, length);
        steps[t] = (int16_t)(unit > INT16_MAX ? INT16_MAX : unit);
    }
}

static inline uint32_t pair_at(const int16_t *steps)
{
    uint32_t pair;
    memcpy(&pair, steps, sizeof pair);
    return pair;
}

/* Products of `count` steps with those of `later`, which begins at an even lag, and with those one,
 * two and three steps later still.
 */
static void correlate_four(const int16_t *now, const int16_t *later, int count, int32_t *sums)
{
    int32_t a = 1 << 15, b = a, c = a, d = a; /* so that the shift rounds */
    uint32_t even = pair_at(later), odd = pair_at(later + 1);
    FH_UNROLL
    for (int t = 0; t < count; t += 2) {
        const uint32_t x = pair_at(now + t);
        const uint32_t next_even = pair_at(later + t + 2), next_odd = pair_at(later + t + 3);
        a = fh_dual_words(x, even, a);
        b = fh_dual_words(x, odd, b);
        c = fh_dual_words(x, next_even, c);
        d = fh_dual_words(x, next_odd, d);
        even = next_even;
        odd = next_odd;
    }
    sums[0] = a >> 16, sums[1] = b >> 16, sums[2] = c >> 16, sums[3] = d >> 16;
}

/* How many lags, 1 is 2^15, become one at the reference rate. */
static int32_t stretch_at(int32_t centi_bpm)
{
    const int32_t first = FH_FIRST_STRETCH_CENTI_BPM, last = FH_LAST_STRETCH_CENTI_BPM;
    const int32_t place = (centi_bpm < first ? first : centi_bpm > last ? last : centi_bpm) - first;
    const int32_t here = fh_stretch[place >> 7], next = fh_stretch[(place >> 7) + 1];
    return here + (((next - here) * (place & 127) + 64) >> 7);
}

/* The curve at a lag that has 15 bits behind the point. */
static int32_t between(const int32_t *curve, int32_t lag)
{
    const int32_t here = curve[lag >> 15], next = curve[(lag >> 15) + 1];
    return here + (((next - here) * (lag & 32767) + (1 << 14)) >> 15);
}

void fh_front_end_intervals(fh_front_end *f, uint16_t centi_bpm, int32_t multiplier,
                            int zero_point, uint8_t *to)
{
    const int32_t stretch = stretch_at(centi_bpm);
    const int lags = ((FH_INTERVAL_LAGS - 1) * stretch >> 15) + 2;
    for (int g = 0; g < FH_GROUPS; g++)
        make_unit(f, g, f->room.units[g]);
    for (int pair = 0; pair < FH_GROUPS * FH_GROUPS; pair++, to++) {
        const int16_t *now = f->room.units[pair / FH_GROUPS];
        const int16_t *later = f->room.units[pair % FH_GROUPS];
        int32_t curve[FH_SOURCE_LAGS + AT_ONCE];
        for (int lag = 0; lag < lags; lag += AT_ONCE)
            correlate_four(now, later + lag, FH_INTERVAL_STEPS - lag, curve + lag);
        for (int lag = 0; lag < FH_INTERVAL_LAGS; lag++) {
            const int64_t scaled = (int64_t)between(curve, lag * stretch) * multiplier;
            to[lag * FH_GROUPS * FH_GROUPS] =
                fh_byte((int32_t)((scaled + (1 << 23)) >> 24) + zero_point);
        }
    }
}
