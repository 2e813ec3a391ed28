#include "ed25519.h"

#include <string.h>

#include "sha512.h"

/* A number modulo p = 2^255 - 19 in 16 limbs of about 16 bits, the lowest first (Bernstein et al.,
 * TweetNaCl, 2014: few lines that can be read). A limb may be off its range between carries. */
typedef struct number {
    int64_t limb[16];
} number;

/* A point (x : y : z : t) of the twisted Edwards curve, x y = z t. */
typedef struct point {
    number x, y, z, t;
} point;

static const number ZERO = {{0}}, ONE = {{1}};
static const number D = {{0x78a3, 0x1359, 0x4dca, 0x75eb, 0xd8ab, 0x4141, 0x0a4d, 0x0070, 0xe898,
                          0x7779, 0x4079, 0x8cc7, 0xfe73, 0x2b6f, 0x6cee, 0x5203}};
static const number TWICE_D = {{0xf159, 0x26b2, 0x9b94, 0xebd6, 0xb156, 0x8283, 0x149a, 0x00e0,
                                0xd130, 0xeef3, 0x80f2, 0x198e, 0xfce7, 0x56df, 0xd9dc, 0x2406}};
static const number ROOT_OF_MINUS_ONE = {{0xa0b0, 0x4a0e, 0x1b27, 0xc4ee, 0xe478, 0xad2f, 0x1806,
                                          0x2f43, 0xd7a7, 0x3dfb, 0x0099, 0x2b4d, 0xdf0b, 0x4fc1,
                                          0x2480, 0x2b83}};
static const point BASE = {
    {{0xd51a, 0x8f25, 0x2d60, 0xc956, 0xa7b2, 0x9525, 0xc760, 0x692c, 0xdc5c, 0xfdd6, 0xe231,
      0xc0a4, 0x53fe, 0xcd6e, 0x36d3, 0x2169}},
    {{0x6658, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666,
      0x6666, 0x6666, 0x6666, 0x6666, 0x6666}},
    {{1}},
    {{0xdda3, 0xa5b7, 0x8ab3, 0x6dde, 0x52f5, 0x7751, 0x9f80, 0x20f0, 0xe37d, 0x64ab, 0x4e8e,
      0x66ea, 0x7665, 0xd78b, 0x5f0f, 0x6787}}};

static number carry(number a)
{
    for (int i = 0; i < 16; i++) {
        int64_t over = (a.limb[i] - (a.limb[i] & 0xffff)) / 0x10000;
        a.limb[i] &= 0xffff;
        if (i < 15)
            a.limb[i + 1] += over;
        else
            a.limb[0] += 38 * over;
    }
    return a;
}

static number add(number a, number b)
{
    for (int i = 0; i < 16; i++)
        a.limb[i] += b.limb[i];
    return a;
}

static number subtract(number a, number b)
{
    for (int i = 0; i < 16; i++)
        a.limb[i] -= b.limb[i];
    return a;
}

static number multiply(number a, number b)
{
    int64_t product[31] = {0};
    number low;
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 16; j++)
            product[i + j] += a.limb[i] * b.limb[j];
    for (int i = 0; i < 15; i++)
        product[i] += 38 * product[i + 16];
    memcpy(low.limb, product, sizeof low.limb);
    return carry(carry(low));
}

/* a to the power of 2^bits - 1 - missing, where `missing` has a few low bits. */
static number power(number a, int bits, unsigned missing)
{
    number result = ONE;
    for (int i = bits - 1; i >= 0; i--) {
        result = multiply(result, result);
        if (i >= 8 || !(missing >> i & 1))
            result = multiply(result, a);
    }
    return result;
}

static number inverse(number a)
{
    return power(a, 255, 20); /* p - 2 = 2^255 - 21 */
}

static void encode(uint8_t bytes[32], number a)
{
    a = carry(carry(carry(a)));
    for (int round = 0; round < 2; round++) { /* less p while it is not smaller */
        number less = a;
        less.limb[0] -= 0xffed;
        for (int i = 1; i < 16; i++) {
            less.limb[i] -= i < 15 ? 0xffff : 0x7fff;
            less.limb[i] -= less.limb[i - 1] < 0;
            less.limb[i - 1] &= 0xffff;
        }
        if (less.limb[15] >= 0)
            a = less;
    }
    for (int i = 0; i < 32; i++)
        bytes[i] = (uint8_t)(a.limb[i / 2] >> (8 * (i % 2)));
}

static int equal(number a, number b)
{
    uint8_t first[32], second[32];
    encode(first, a);
    encode(second, b);
    return memcmp(first, second, sizeof first) == 0;
}

/* RFC 8032, 5.1.4: complete addition, which doubles as well. */
static point join(const point *p, const point *q)
{
    number a = multiply(subtract(p->y, p->x), subtract(q->y, q->x));
    number b = multiply(add(p->y, p->x), add(q->y, q->x));
    number c = multiply(multiply(p->t, TWICE_D), q->t);
    number d = multiply(add(p->z, p->z), q->z);
    number e = subtract(b, a), f = subtract(d, c), g = add(d, c), h = add(b, a);
    point sum = {multiply(e, f), multiply(g, h), multiply(f, g), multiply(e, h)};
    return sum;
}

/* RFC 8032, 5.1.3: the point that 32 bytes stand for, with x negated; 0 if there is none. */
static int decode_negated(point *p, const uint8_t bytes[32])
{
    number y;
    for (int i = 0; i < 16; i++)
        y.limb[i] = bytes[2 * i] | (int64_t)bytes[2 * i + 1] << 8;
    y.limb[15] &= 0x7fff;
    number square = multiply(y, y);
    number u = subtract(square, ONE), v = add(multiply(D, square), ONE);
    number v3 = multiply(multiply(v, v), v), v7 = multiply(multiply(v3, v3), v);
    number root = power(multiply(u, v7), 252, 2); /* (p - 5) / 8 = 2^252 - 3 */
    number x = multiply(multiply(u, v3), root);
    if (!equal(multiply(v, multiply(x, x)), u))
        x = multiply(x, ROOT_OF_MINUS_ONE);
    if (!equal(multiply(v, multiply(x, x)), u))
        return 0;
    uint8_t plain[32];
    encode(plain, x);
    if (equal(x, ZERO) && bytes[31] >> 7)
        return 0;
    if ((plain[0] & 1) == bytes[31] >> 7)
        x = subtract(ZERO, x);
    p->x = x;
    p->y = y;
    p->z = ONE;
    p->t = multiply(x, y);
    return 1;
}

/* The order of the base point, little-endian. */
static const uint32_t ORDER[8] = {0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0, 0, 0, 0x10000000};

static int below_order(const uint32_t a[8])
{
    for (int i = 7; i >= 0; i--)
        if (a[i] != ORDER[i])
            return a[i] < ORDER[i];
    return 0;
}

/* 64 little-endian bytes modulo the order, bit by bit from the top. */
static void reduce(uint32_t rest[8], const uint8_t bytes[64])
{
    memset(rest, 0, 8 * sizeof *rest);
    for (int bit = 511; bit >= 0; bit--) {
        for (int i = 7; i > 0; i--)
            rest[i] = rest[i] << 1 | rest[i - 1] >> 31;
        rest[0] = rest[0] << 1 | (bytes[bit / 8] >> (bit % 8) & 1u);
        if (below_order(rest))
            continue;
        uint64_t borrow = 0;
        for (int i = 0; i < 8; i++) {
            uint64_t less = (uint64_t)rest[i] - ORDER[i] - borrow;
            rest[i] = (uint32_t)less;
            borrow = less >> 63;
        }
    }
}

int fhi_ed25519_verify(const uint8_t signature[64], const void *message, size_t count,
                       const uint8_t key[32])
{
    uint32_t s[8], challenge[8];
    for (int i = 0; i < 8; i++) {
        const uint8_t *four = signature + 32 + 4 * i;
        s[i] = four[0] | (uint32_t)four[1] << 8 | (uint32_t)four[2] << 16 | (uint32_t)four[3] << 24;
    }
    point minus_key;
    if (!below_order(s) || !decode_negated(&minus_key, key))
        return 0;
    fhi_sha512 hash;
    uint8_t digest[FHI_SHA512_BYTES];
    fhi_sha512_begin(&hash);
    fhi_sha512_add(&hash, signature, 32);
    fhi_sha512_add(&hash, key, 32);
    fhi_sha512_add(&hash, message, count);
    fhi_sha512_end(&hash, digest);
    reduce(challenge, digest);
    point sum = {ZERO, ONE, ONE, ZERO}; /* s B - h A, which must be R */
    for (int bit = 252; bit >= 0; bit--) {
        sum = join(&sum, &sum);
        if (s[bit / 32] >> (bit % 32) & 1)
            sum = join(&sum, &BASE);
        if (challenge[bit / 32] >> (bit % 32) & 1)
            sum = join(&sum, &minus_key);
    }
    number scale = inverse(sum.z);
    uint8_t found[32], parity[32];
    encode(found, multiply(sum.y, scale));
    encode(parity, multiply(sum.x, scale));
    found[31] |= (uint8_t)((parity[0] & 1) << 7);
    return memcmp(found, signature, sizeof found) == 0;
}
