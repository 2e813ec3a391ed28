#include "fh_front_end.h"

#include "fh_fixed.h"

/* Inlined, the loops would share registers with what stands around them. */
#ifdef __GNUC__
#define FH_APART __attribute__((noinline))
#else
#define FH_APART
#endif

/* ---- samples at three rates -------------------------------------------------------------- */

/* Make room: what is still needed moves to the front, word by word. */
FH_APART static void move_back(fh_history *h)
{
    const uint8_t *from = h->samples + (size_t)(h->capacity - h->kept) * h->width;
    uint8_t *to = h->samples;
    FH_UNROLL
    for (int left = h->kept * h->width / 4; left; left--, to += 4, from += 4)
        memcpy(to, from, 4);
    h->count = h->kept;
}

/* The number that the next sample has in memory. */
static inline int next_place(fh_history *h)
{
    if (h->count == h->capacity)
        move_back(h);
    h->next++;
    return h->count++;
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

/* Square of a magnitude that is 2^15 for 1. */
static inline uint64_t power_of(int32_t real, int32_t imaginary)
{
    return (uint64_t)((int64_t)real * real) + (uint64_t)((int64_t)imaginary * imaginary);
}

/* Power of a band around a sample at 4,000 Hz. */
FH_APART static uint64_t power_at_4000_hz(const fh_band *band, const int16_t *x)
{
    const uint32_t *w = fh_kernels + band->offset;
    int32_t real = 0, imaginary = 0;
    x -= band->half;
    FH_UNROLL
    for (int pairs = band->half + 1; pairs; pairs--, x += 2) {
        uint32_t even, odd;
        FH_TWO_WORDS(w, even, odd);
        real = fh_dual(x, even, real);
        imaginary = fh_dual(x, odd, imaginary);
    }
    return power_of(real, imaginary);
}

/* The same below. The real part of a kernel is even, the imaginary part odd. */
FH_APART static uint64_t power_below(const fh_band *band, const int32_t *x)
{
    const uint32_t *w = fh_kernels + band->offset;
    const int32_t *mirror = x + band->half + 1;
    int32_t real = 0, imaginary = 0;
    x -= band->half;
    FH_UNROLL
    for (int pairs = band->half / 2; pairs; pairs--) {
        int32_t a, b, next_a, next_b;
        uint32_t word, next_word;
        FH_TWO_WORDS(x, a, next_a);
        FH_TWO_WORDS_BACK(mirror, b, next_b);
        FH_TWO_WORDS(w, word, next_word);
        real = fh_low(a + b, word, real);
        imaginary = fh_high(a - b, word, imaginary);
        real = fh_low(next_a + next_b, next_word, real);
        imaginary = fh_high(next_a - next_b, next_word, imaginary);
    }
    return power_of(fh_low(*x, *w, real) * 4, imaginary * 4);
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
    const void *now[3] = {
        at_number(&rates[0], FH_FRAME_SAMPLES * frame),
        at_number(&rates[1], FH_FRAME_SAMPLES / FH_FACTOR_1 * frame),
        at_number(&rates[2], FH_FRAME_SAMPLES / FH_FACTOR_1 / FH_FACTOR_2 * frame),
    };
    uint64_t power[FH_BANDS], level = 0;
    int32_t kept[FH_BANDS];
    for (int b = 0; b < FH_BANDS; b++) {
        const fh_band *band = &fh_bands[b];
        const void *x = now[band->level];
        power[b] = band->level ? power_below(band, x) : power_at_4000_hz(band, x);
        int32_t octaves = fh_log2_q10(power[b]); /* of the power: twice those of the magnitude */
        kept[b] = (octaves + 8) >> 4;
        level += fh_exp2_q10(octaves >> 1);
    }
    f->level += level;
    uint8_t *to = f->first.bands + frame * FH_FRAME_BYTES;
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
    fh_hearing *hearing = &f->room.hearing;
    fh_history *rates = hearing->rates;
    hearing->fast[next_place(&rates[0])] = sample;
    if (rates[0].next != hearing->due)
        return;
    hearing->due += FH_FACTOR_1;
    const int32_t slower = low_passed(&rates[0], FH_FACTOR_1 * rates[1].next);
    hearing->middle[next_place(&rates[1])] = slower;
    int32_t second = FH_FACTOR_2 * rates[2].next;
    if (rates[1].next != second + FH_HALF_2 + 1)
        return;
    const int32_t slowest = low_passed_again(&rates[1], second);
    hearing->slow[next_place(&rates[2])] = slowest;
    int32_t twice = rates[2].next - FH_REACH - 1; /* two samples a frame */
    if (twice >= 0 && twice % 2 == 0 && twice < 2 * FH_FRAMES)
        add_frame(f, twice / 2);
}

/* Count the frames of 5 ms that hold no more movement than the least preamplifier's noise. */
static void note_movement(fh_front_end *f, const int16_t *samples, int count)
{
    int lowest = f->lowest, highest = f->highest, left = f->frame_left;
    while (count--) {
        const int sample = *samples++;
        lowest = sample < lowest ? sample : lowest;
        highest = sample > highest ? sample : highest;
        if (--left == 0) {
            f->still = (uint16_t)(f->still + (highest - lowest <= FH_LARGEST_STILL));
            lowest = INT16_MAX, highest = INT16_MIN, left = FH_FRAME_SAMPLES;
        }
    }
    f->lowest = (int16_t)lowest;
    f->highest = (int16_t)highest;
    f->frame_left = (uint16_t)left;
}

static void take(fh_front_end *f, int16_t sample)
{
    int16_t *edge = f->room.hearing.edge;
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
    f->frame_left = FH_FRAME_SAMPLES;
    f->lowest = INT16_MAX;
    f->highest = INT16_MIN;
    h->rates[0] = (fh_history){(uint8_t *)h->fast, -FH_LEAD, 0, FH_KEPT_0 + FH_ROOM_0 - 2,
                               FH_KEPT_0, sizeof *h->fast};
    h->rates[1] = (fh_history){(uint8_t *)h->middle, -FH_FACTOR_2 * FH_REACH - FH_HALF_2, 0,
                               FH_KEPT_1 + FH_ROOM - 1, FH_KEPT_1, sizeof *h->middle};
    h->rates[2] = (fh_history){(uint8_t *)h->slow, -FH_REACH, 0, FH_KEPT_2 + FH_ROOM - 1,
                               FH_KEPT_2, sizeof *h->slow};
    h->due = -FH_LEAD + 2 * FH_HALF_1 + 1;
}

int fh_front_end_push(fh_front_end *f, const int16_t *samples, int count)
{
    const int left = FH_WINDOW_SAMPLES - f->taken, taken = count < left ? count : left;
    note_movement(f, samples, taken);
    for (int i = 0; i < taken; i++)
        take(f, samples[i]);
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
    uint8_t *byte_of = f->room.byte_of; /* every value that 12 bits can have */
    for (int32_t i = 0; i < 4096; i++)
        byte_of[i] = to_byte(ln_above_floor(fh_ln_scalogram, i * 8 - mean), multiplier, zero_point);
    const uint8_t *from = f->first.bands;
    for (int i = 0; i < FH_FRAMES * FH_BANDS; i += 2, from += 3, to += 2) {
        const uint8_t shared = from[1], last = from[2];
        to[0] = byte_of[from[0] | (shared & 15) << 8];
        to[1] = byte_of[shared >> 4 | last << 4];
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
