#include "fh_front_end.h"

#include "fh_fixed.h"

/* ---- samples at three rates -------------------------------------------------------------- */

/* Room for the next sample. */
static void *next_place(fh_history *h)
{
    if (h->count == h->capacity) {
        const size_t from = (size_t)(h->capacity - h->kept) * h->width;
        memmove(h->samples, h->samples + from, (size_t)h->kept * h->width);
        h->count = h->kept;
    }
    h->next++;
    return h->samples + (size_t)h->count++ * h->width;
}

/* Where a sample lies; one after the newest may be read too, and counts for nothing. */
static const void *at_number(const fh_history *h, int32_t number)
{
    return h->samples + (size_t)(h->count - (h->next - number)) * h->width;
}

/* A sample at 800 Hz, 14 bits behind the point, around one at 4,000 Hz. */
static int32_t low_passed(const fh_history *h, int32_t middle)
{
    return fh_dot(at_number(h, middle - FH_HALF_1), fh_low_pass_1, 2 * FH_HALF_1 + 2) >> 1;
}

/* A sample at 400 Hz, likewise. */
static int32_t low_passed_again(const fh_history *h, int32_t middle)
{
    const int32_t *x = at_number(h, middle - FH_HALF_2);
    int32_t sum = 0;
    for (int i = 0; i <= 2 * FH_HALF_2; i++)
        sum = fh_low(x[i], (uint32_t)fh_low_pass_2[i], sum);
    return sum * 2;
}

/* ---- one frame --------------------------------------------------------------------------- */

/* Inlined, the loops would share registers with what stands around them. */
#ifdef __GNUC__
#define FH_APART __attribute__((noinline))
#else
#define FH_APART
#endif

typedef struct {
    int32_t real, imaginary;
} fh_pair;

FH_APART static fh_pair band_at_4000_hz(const fh_band *band, const int16_t *x)
{
    const uint32_t *w = fh_kernels + band->offset;
    int32_t real = 0, imaginary = 0;
    FH_UNROLL
    for (int pairs = band->half + 1; pairs; pairs--, x += 2, w += 2) {
        real = fh_dual(x, w[0], real);
        imaginary = fh_dual(x, w[1], imaginary);
    }
    return (fh_pair){real, imaginary};
}

/* The real part of a kernel is even, the imaginary part odd. */
FH_APART static fh_pair band_below(const fh_band *band, const int32_t *x)
{
    const uint32_t *w = fh_kernels + band->offset;
    const int32_t *mirror = x + 2 * band->half;
    int32_t real = 0, imaginary = 0;
    FH_UNROLL
    for (int taps = band->half; taps; taps--) {
        const int32_t a = *x++, b = *mirror--;
        const uint32_t word = *w++;
        real = fh_low(a + b, word, real);
        imaginary = fh_high(a - b, word, imaginary);
    }
    return (fh_pair){fh_low(*x, *w, real) * 4, imaginary * 4};
}

/* Power of a band at a frame: the square of its magnitude, which is 2^15 for 1. */
static uint64_t band_power(const fh_band *band, const fh_history *rates, int32_t frame)
{
    static const uint8_t per_frame[] = {
        FH_FRAME_SAMPLES,
        FH_FRAME_SAMPLES / FH_FACTOR_1,
        FH_FRAME_SAMPLES / FH_FACTOR_1 / FH_FACTOR_2,
    };
    const int32_t first = per_frame[band->level] * frame - band->half;
    const void *x = at_number(&rates[band->level], first);
    const fh_pair sum = band->level ? band_below(band, x) : band_at_4000_hz(band, x);
    return (uint64_t)((int64_t)sum.real * sum.real) +
           (uint64_t)((int64_t)sum.imaginary * sum.imaginary);
}

static void store_pair(uint8_t *to, int32_t first, int32_t second)
{
    to[0] = (uint8_t)first;
    to[1] = (uint8_t)(first >> 8 | second << 4);
    to[2] = (uint8_t)(second >> 4);
}

static void add_frame(fh_front_end *f, int32_t frame)
{
    const fh_history *rates = f->room.hearing.rates;
    uint64_t power[FH_BANDS];
    int32_t kept[FH_BANDS];
    for (int b = 0; b < FH_BANDS; b++) {
        power[b] = band_power(&fh_bands[b], rates, frame);
        int32_t octaves = fh_log2_q10(power[b]); /* of the power: twice those of the magnitude */
        kept[b] = (octaves + 8) >> 4;
        f->level += fh_exp2_q10(octaves >> 1);
    }
    uint8_t *to = f->bands + frame * FH_FRAME_BYTES;
    for (int b = 0; b < FH_BANDS; b += 2, to += 3)
        store_pair(to, kept[b], kept[b + 1]);
    for (int g = 0; g < FH_GROUPS; g++) {
        uint64_t loud = 0;
        for (int b = fh_groups[g].first; b < fh_groups[g].end; b++)
            loud += power[b] >> 2; /* so that they fit */
        int32_t octaves = (fh_log2_q10(loud) + 2 * 1024) >> 1;
        f->envelope[frame][g] = (int16_t)octaves;
        f->loudness[g] += fh_exp2_q10(octaves);
    }
}

/* ---- samples in -------------------------------------------------------------------------- */

/* A sample of the window or of its mirror image; whatever it makes possible is computed. */
static void hear(fh_front_end *f, int16_t sample)
{
    fh_history *rates = f->room.hearing.rates;
    *(int16_t *)next_place(&rates[0]) = sample;
    int32_t first = FH_FACTOR_1 * rates[1].next;
    if (rates[0].next != first + FH_HALF_1 + 1)
        return;
    const int32_t slower = low_passed(&rates[0], first);
    *(int32_t *)next_place(&rates[1]) = slower;
    int32_t second = FH_FACTOR_2 * rates[2].next;
    if (rates[1].next != second + FH_HALF_2 + 1)
        return;
    const int32_t slowest = low_passed_again(&rates[1], second);
    *(int32_t *)next_place(&rates[2]) = slowest;
    int32_t twice = rates[2].next - FH_REACH - 1; /* two samples a frame */
    if (twice >= 0 && twice % 2 == 0 && twice < 2 * FH_FRAMES)
        add_frame(f, twice / 2);
}

static void note_movement(fh_front_end *f, int16_t sample)
{
    if (f->taken % FH_FRAME_SAMPLES == 0)
        f->lowest = f->highest = sample;
    if (sample < f->lowest)
        f->lowest = sample;
    if (sample > f->highest)
        f->highest = sample;
    if (f->taken % FH_FRAME_SAMPLES == FH_FRAME_SAMPLES - 1 &&
        f->highest - f->lowest <= FH_LARGEST_STILL)
        f->still++;
}

static void take(fh_front_end *f, int16_t sample)
{
    int16_t *edge = f->room.hearing.edge;
    note_movement(f, sample);
    if (f->taken <= FH_LEAD) {
        edge[f->taken] = sample;
        if (f->taken == FH_LEAD) { /* the mirror image before the window, then its beginning */
            for (int i = FH_LEAD; i > 0; i--)
                hear(f, edge[i]);
            for (int i = 0; i <= FH_LEAD; i++)
                hear(f, edge[i]);
        }
    } else {
        hear(f, sample);
    }
    f->taken++;
    if (f->taken == FH_WINDOW_SAMPLES) {
        memcpy(edge, at_number(&f->room.hearing.rates[0], FH_WINDOW_SAMPLES - 1 - FH_LEAD),
               sizeof f->room.hearing.edge);
        for (int i = FH_LEAD - 1; i >= 0; i--)
            hear(f, edge[i]);
    }
}

void fh_front_end_start(fh_front_end *f)
{
    fh_hearing *h = &f->room.hearing;
    memset(f, 0, sizeof *f);
    h->rates[0] = (fh_history){(uint8_t *)h->fast, -FH_LEAD, 0, FH_KEPT_0 + FH_ROOM_0 - 1,
                               FH_KEPT_0, sizeof *h->fast};
    h->rates[1] = (fh_history){(uint8_t *)h->middle, -FH_FACTOR_2 * FH_REACH - FH_HALF_2, 0,
                               FH_KEPT_1 + FH_ROOM - 1, FH_KEPT_1, sizeof *h->middle};
    h->rates[2] = (fh_history){(uint8_t *)h->slow, -FH_REACH, 0, FH_KEPT_2 + FH_ROOM - 1,
                               FH_KEPT_2, sizeof *h->slow};
}

int fh_front_end_push(fh_front_end *f, const int16_t *samples, int count)
{
    int taken = 0;
    while (taken < count && f->taken < FH_WINDOW_SAMPLES)
        take(f, samples[taken++]);
    return taken;
}

int fh_front_end_whole(const fh_front_end *f) { return f->taken == FH_WINDOW_SAMPLES; }

/* ---- bytes out --------------------------------------------------------------------------- */

/* ln(2^octaves + floor), both with 10 bits behind the point, from a table of 16 entries an octave. */
static int32_t ln_above_floor(const int16_t *table, int32_t octaves)
{
    int32_t place = octaves - FH_LN_FIRST * 1024, last = (FH_LN_ENTRIES - 1) * 64 - 1;
    place = place < 0 ? 0 : place > last ? last : place;
    int32_t low = table[place >> 6], high = table[(place >> 6) + 1];
    return low + (((high - low) * (place & 63) + 32) >> 6);
}

static uint8_t to_byte(int32_t value, int32_t multiplier, int zero_point)
{
    return fh_byte(((value * multiplier + (1 << 19)) >> 20) + zero_point);
}

void fh_front_end_scalogram(fh_front_end *f, int32_t multiplier, int zero_point, uint8_t *to)
{
    int32_t mean = fh_log2_q10(f->level) - fh_log2_q10(FH_FRAMES * FH_BANDS);
    const uint8_t *from = f->bands;
    for (int i = 0; i < FH_FRAMES * FH_BANDS; i += 2, from += 3, to += 2) {
        int32_t first = from[0] | (from[1] & 15) << 8, second = from[1] >> 4 | from[2] << 4;
        to[0] = to_byte(ln_above_floor(fh_ln_scalogram, first * 8 - mean), multiplier, zero_point);
        to[1] = to_byte(ln_above_floor(fh_ln_scalogram, second * 8 - mean), multiplier, zero_point);
    }
}

void fh_front_end_envelope(fh_front_end *f, int32_t multiplier, int zero_point, uint8_t *to)
{
    for (int g = 0; g < FH_GROUPS; g++) {
        int32_t mean = fh_log2_q10(f->loudness[g]) - fh_log2_q10(FH_FRAMES);
        for (int t = 0; t < FH_FRAMES; t++) {
            int32_t ln = ln_above_floor(fh_ln_envelope, f->envelope[t][g] - mean);
            f->envelope[t][g] = (int16_t)ln;
            to[t * FH_GROUPS + g] = to_byte(ln, multiplier, zero_point);
        }
    }
}
