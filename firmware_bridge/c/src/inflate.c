#include "inflate.h"

#include <string.h>

enum { LONGEST = 15, LITERALS = 288, DISTANCES = 30, END = 256 };

typedef struct stream {
    fhi_bytes in;
    size_t at; /* bit */
    uint8_t *out;
    size_t count, room;
    int broken;
} stream;

/* A canonical Huffman code: how many symbols have each length, and the symbols in code order. */
typedef struct code {
    uint16_t count[LONGEST + 1], symbol[LITERALS];
} code;

static uint32_t bits(stream *s, int wanted)
{
    uint32_t value = 0;
    for (int i = 0; i < wanted; i++, s->at++) {
        if (s->at / 8 >= s->in.count) {
            s->broken = 1;
            return 0;
        }
        value |= (uint32_t)(s->in.data[s->at / 8] >> (s->at % 8) & 1) << i;
    }
    return value;
}

/* 0 for lengths that ask for more codes than there are. */
static int build(code *c, const uint8_t *lengths, int symbols)
{
    int left = 1, offset[LONGEST + 1] = {0};
    memset(c->count, 0, sizeof c->count);
    for (int i = 0; i < symbols; i++)
        c->count[lengths[i]]++;
    for (int length = 1; length <= LONGEST; length++) {
        left = 2 * left - c->count[length];
        if (left < 0)
            return 0;
        if (length < LONGEST)
            offset[length + 1] = offset[length] + c->count[length];
    }
    for (int i = 0; i < symbols; i++)
        if (lengths[i])
            c->symbol[offset[lengths[i]]++] = (uint16_t)i;
    return 1;
}

static int symbol(stream *s, const code *c)
{
    int value = 0, first = 0, index = 0;
    for (int length = 1; length <= LONGEST && !s->broken; length++) {
        value |= (int)bits(s, 1);
        if (value - first < c->count[length])
            return c->symbol[index + value - first];
        index += c->count[length];
        first = (first + c->count[length]) * 2;
        value *= 2;
    }
    s->broken = 1;
    return END;
}

static void put(stream *s, uint8_t byte)
{
    if (s->count == s->room)
        s->broken = 1;
    else
        s->out[s->count++] = byte;
}

static void copy(stream *s, int symbol_of_length, const code *distances)
{
    static const uint16_t LENGTH[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                      31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const uint8_t LENGTH_BITS[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                          2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    static const uint16_t DISTANCE[] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,
                                        33,  49,  65,  97,  129, 193,  257,  385,  513,  769,
                                        1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    static const uint8_t DISTANCE_BITS[] = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                            6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
    int which = symbol_of_length - END - 1;
    if (which >= (int)sizeof LENGTH_BITS) {
        s->broken = 1;
        return;
    }
    uint32_t length = LENGTH[which] + bits(s, LENGTH_BITS[which]);
    int far = symbol(s, distances);
    if (s->broken || far >= DISTANCES) {
        s->broken = 1;
        return;
    }
    uint32_t back = DISTANCE[far] + bits(s, DISTANCE_BITS[far]);
    if (back > s->count)
        s->broken = 1;
    while (length-- > 0 && !s->broken)
        put(s, s->out[s->count - back]);
}

static void compressed(stream *s, const code *literals, const code *distances)
{
    while (!s->broken) {
        int found = symbol(s, literals);
        if (found == END)
            return;
        if (found < END)
            put(s, (uint8_t)found);
        else
            copy(s, found, distances);
    }
}

static void stored(stream *s)
{
    s->at = (s->at + 7) / 8 * 8;
    uint32_t length = bits(s, 16), inverted = bits(s, 16);
    if (length != (inverted ^ 0xffff))
        s->broken = 1;
    while (length-- > 0 && !s->broken)
        put(s, (uint8_t)bits(s, 8));
}

static void fixed(stream *s)
{
    uint8_t lengths[LITERALS], fives[DISTANCES];
    code literals, distances;
    for (int i = 0; i < LITERALS; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    memset(fives, 5, sizeof fives);
    build(&literals, lengths, LITERALS);
    build(&distances, fives, DISTANCES);
    compressed(s, &literals, &distances);
}

/* Code lengths of both codes, themselves coded: 16 repeats, 17 and 18 are runs of zero. */
static int read_lengths(stream *s, const code *c, uint8_t *lengths, int wanted)
{
    int count = 0;
    while (count < wanted && !s->broken) {
        int found = symbol(s, c), times = 1;
        uint8_t length = 0;
        if (found < 16)
            length = (uint8_t)found;
        else if (found == 16 && count == 0)
            return 0;
        else if (found == 16)
            length = lengths[count - 1], times = 3 + (int)bits(s, 2);
        else
            times = found == 17 ? 3 + (int)bits(s, 3) : 11 + (int)bits(s, 7);
        if (count + times > wanted)
            return 0;
        while (times-- > 0)
            lengths[count++] = length;
    }
    return !s->broken;
}

static void dynamic(stream *s)
{
    static const uint8_t ORDER[] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    int literal_count = 257 + (int)bits(s, 5), distance_count = 1 + (int)bits(s, 5);
    int length_count = 4 + (int)bits(s, 4);
    uint8_t lengths[LITERALS + 32] = {0};
    code of_lengths, literals, distances;
    for (int i = 0; i < length_count; i++)
        lengths[ORDER[i]] = (uint8_t)bits(s, 3);
    int good = literal_count <= 286 && distance_count <= DISTANCES && build(&of_lengths, lengths, 19);
    memset(lengths, 0, sizeof lengths);
    good = good && read_lengths(s, &of_lengths, lengths, literal_count + distance_count) &&
           build(&literals, lengths, literal_count) &&
           build(&distances, lengths + literal_count, distance_count);
    if (good)
        compressed(s, &literals, &distances);
    else
        s->broken = 1;
}

int fhi_inflate(fhi_bytes packed, uint8_t *unpacked, size_t count)
{
    stream s = {packed, 0, unpacked, 0, count, 0};
    uint32_t last = 0;
    while (!last && !s.broken) {
        last = bits(&s, 1);
        switch (bits(&s, 2)) {
        case 0:
            stored(&s);
            break;
        case 1:
            fixed(&s);
            break;
        case 2:
            dynamic(&s);
            break;
        default:
            s.broken = 1;
        }
    }
    return !s.broken && s.count == count;
}
