/* Heart rate of a window: the lag at which its envelopes repeat themselves, in integers. */
#include "fh_fixed.h"
#include "fh_front_end.h"

/* Means over FH_STEP_FRAMES frames without the window's mean, 8 bits behind the point at least:
 * 2^12 at most, so that the sums of products below fit 32 bits.
 */
static void make_steps(const fh_front_end *f, int group, int16_t *steps)
{
    int32_t sum = 0;
    for (int t = 0; t < FH_FRAMES; t++)
        sum += f->envelope[t][group];
    int32_t mean = sum / FH_STEPS; /* of the sum of a step's frames */
    for (int t = 0; t < FH_STEPS; t++) {
        int32_t step = -mean;
        for (int i = 0; i < FH_STEP_FRAMES; i++)
            step += f->envelope[t * FH_STEP_FRAMES + i][group];
        step >>= 2;
        steps[t] = (int16_t)(step > 4095 ? 4095 : step < -4095 ? -4095 : step);
    }
}

/* Product of two rows that begin on words. */
static int32_t product(const int16_t *steps, const int16_t *wave)
{
    const uint32_t *a = (const uint32_t *)(const void *)steps;
    const uint32_t *b = (const uint32_t *)(const void *)wave;
    int32_t sum = 0;
    FH_UNROLL
    for (int i = 0; i < FH_STEPS / 4; i++) {
        uint32_t x, next_x, y, next_y;
        FH_TWO_WORDS(a, x, next_x);
        FH_TWO_WORDS(b, y, next_y);
        sum = fh_dual_words(next_x, next_y, fh_dual_words(x, y, sum));
    }
    for (int i = FH_STEPS / 4 * 4; i < FH_STEPS; i++)
        sum += steps[i] * wave[i];
    return sum;
}

/* Cosine and, of whichever sign, sine of a line of the spectrum at every step. */
static void make_waves(int line, fh_spectrum_room *room)
{
    int32_t phase = 0, turn = line * FH_STEP_TURN % FH_CIRCLE;
    for (int t = 0; t < FH_STEPS; t++) {
        room->cosine[t] = (int16_t)(fh_cosine[phase] >> 4);
        room->sine[t] = (int16_t)(fh_cosine[phase + FH_CIRCLE / 4] >> 4);
        phase += turn;
        if (phase >= FH_CIRCLE)
            phase -= FH_CIRCLE;
    }
}

/* Powers become shares of their sum. */
static void make_shares(uint32_t *power)
{
    uint64_t total = 0;
    for (int k = 0; k < FH_LINES; k++)
        total += power[k];
    for (int k = 0; k < FH_LINES; k++)
        power[k] = total ? (uint32_t)(((uint64_t)power[k] << 15) / total) : 0;
}

static void find_spectra(fh_front_end *f)
{
    fh_spectrum_room *room = &f->room.spectrum;
    for (int g = 0; g < FH_GROUPS; g++)
        make_steps(f, g, room->steps[g]);
    for (int k = 0; k < FH_LINES; k++) {
        make_waves(FH_FIRST_LINE + k, room);
        for (int g = 0; g < FH_GROUPS; g++) {
            int32_t real = product(room->steps[g], room->cosine) >> 15;
            int32_t imaginary = product(room->steps[g], room->sine) >> 15;
            f->first.power[g][k] = (uint32_t)(real * real) + (uint32_t)(imaginary * imaginary);
        }
    }
    for (int g = 0; g < FH_GROUPS; g++)
        make_shares(f->first.power[g]);
}

/* Autocorrelations of `count` spectra at a lag, 1 is 2^14. */
static inline void correlate(uint32_t (*shares)[FH_LINES], int count, int lag, int32_t *found)
{
    int32_t turn = FH_FIRST_LAG_TURN + lag * FH_LAG_TURN, sums[FH_GROUPS] = {0};
    int32_t phase = turn * FH_FIRST_LINE % FH_CIRCLE;
    turn %= FH_CIRCLE;
    for (int k = 0; k < FH_LINES; k++) {
        const int32_t cosine = fh_cosine[phase];
        FH_UNROLL /* so that the sums stay in registers */
        for (int g = 0; g < count; g++)
            sums[g] += (int32_t)shares[g][k] * cosine;
        phase += turn;
        if (phase >= FH_CIRCLE)
            phase -= FH_CIRCLE;
    }
    for (int g = 0; g < count; g++)
        found[g] = ((sums[g] >> 15) * fh_gain[lag]) >> 13;
}

/* The groups' spectra as one: groups that hear the beat decide. */
static void mix(uint32_t (*shares)[FH_LINES], uint32_t *mixed)
{
    int32_t peaks[FH_GROUPS] = {0}, here[FH_GROUPS];
    uint32_t weight[FH_GROUPS], total = 0;
    for (int i = 0; i < FH_BEATS; i++) {
        correlate(shares, FH_GROUPS, FH_FIRST_BEAT + i, here);
        for (int g = 0; g < FH_GROUPS; g++)
            peaks[g] = here[g] > peaks[g] ? here[g] : peaks[g];
    }
    for (int g = 0; g < FH_GROUPS; g++) {
        weight[g] = ((uint32_t)(peaks[g] * peaks[g]) >> 14) + 1;
        total += weight[g];
    }
    for (int k = 0; k < FH_LINES; k++) {
        uint32_t sum = 0;
        for (int g = 0; g < FH_GROUPS; g++)
            sum += shares[g][k] * (weight[g] >> 2);
        mixed[k] = sum / (total >> 2 ? total >> 2 : 1);
    }
}

/* What speaks for each beat's lag, 1 is 3 * 2^29; belief alone in silence. */
static int32_t evidence_at(const int16_t *curve, int i)
{
    const int32_t both = 2 * curve[FH_FIRST_BEAT + i] + curve[fh_second[i]] + 3;
    return (int32_t)((int64_t)both * fh_prior[i] >> 1);
}

/* The rate at the top of the parabola through a lag and its neighbours. */
static uint16_t rate_at(const int16_t *curve, int i)
{
    const int32_t before = curve[FH_FIRST_BEAT + i - 1], here = curve[FH_FIRST_BEAT + i];
    const int32_t after = curve[FH_FIRST_BEAT + i + 1], bend = 2 * here - before - after;
    const int32_t half = FH_LAG_US / 2;
    int32_t offset = FH_LAG_US * (after - before) / (2 * (bend > 0 ? bend : 1));
    offset = offset > half ? half : offset < -half ? -half : offset;
    const uint32_t lag_us = (uint32_t)(FH_FIRST_LAG_US + FH_LAG_US * (FH_FIRST_BEAT + i) + offset);
    return (uint16_t)((6000000000u + lag_us / 2) / lag_us);
}

/* Keep a peak among the largest so far. */
static void keep_peak(int lag, int32_t height, int *lags, int32_t *heights)
{
    for (int c = 0; c < FH_CANDIDATES; c++) {
        if (height > heights[c]) {
            const int32_t lower = heights[c];
            const int lower_lag = lags[c];
            heights[c] = height, lags[c] = lag;
            height = lower, lag = lower_lag;
        }
    }
}

static uint8_t in_eighths(int32_t evidence)
{
    return fh_byte((int32_t)((int64_t)evidence * (8 * FH_EVIDENCE_WEIGHT) / (3 << 29)));
}

static void pick(const int16_t *curve, fh_rhythm *r)
{
    int lags[FH_CANDIDATES] = {0};
    int32_t heights[FH_CANDIDATES], before = INT32_MIN, here = evidence_at(curve, 1);
    for (int c = 0; c < FH_CANDIDATES; c++)
        heights[c] = INT32_MIN;
    for (int i = 1; i < FH_BEATS - 1; i++) {
        const int32_t after = i < FH_BEATS - 2 ? evidence_at(curve, i + 1) : INT32_MIN;
        if (here > before && here >= after)
            keep_peak(i, here, lags, heights);
        before = here;
        here = after;
    }
    for (int c = 0; c < FH_CANDIDATES; c++) {
        r->centi_bpm[c] = lags[c] ? rate_at(curve, lags[c]) : r->centi_bpm[0];
        r->evidence[c] = lags[c] ? in_eighths(heights[c]) : 0;
    }
    const int32_t sure = (2 * curve[FH_FIRST_BEAT + lags[0]] + curve[fh_second[lags[0]]]) / 3;
    r->confidence = (int16_t)(sure < 0 ? 0 : sure > 16384 ? 16384 : sure);
}

static int16_t autocorrelation_at(uint32_t (*mixed)[FH_LINES], int lag)
{
    int32_t found;
    correlate(mixed, 1, lag, &found);
    return (int16_t)found;
}

void fh_front_end_rhythm(fh_front_end *f, fh_rhythm *rhythm)
{
    int16_t *curve = f->room.spectrum.autocorrelation;
    uint32_t mixed[1][FH_LINES];
    find_spectra(f);
    mix(f->first.power, mixed[0]);
    for (int i = 0; i < FH_BEATS; i++) {
        curve[FH_FIRST_BEAT + i] = autocorrelation_at(mixed, FH_FIRST_BEAT + i);
        curve[fh_second[i]] = autocorrelation_at(mixed, fh_second[i]);
    }
    pick(curve, rhythm);
}
