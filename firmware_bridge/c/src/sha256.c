#include "sha256.h"

#include <string.h>

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, int bits)
{
    return x >> bits | x << (32 - bits);
}

static void compress(uint32_t state[8], const uint8_t block[64])
{
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t early = w[i - 15], late = w[i - 2];
        w[i] = w[i - 16] + (turn(early, 7) ^ turn(early, 18) ^ early >> 3) + w[i - 7] +
               (turn(late, 17) ^ turn(late, 19) ^ late >> 10);
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) { /* s turns round instead of being moved */
        const int at = 64 - i;
        uint32_t a = s[at % 8], b = s[(at + 1) % 8], c = s[(at + 2) % 8], e = s[(at + 4) % 8];
        uint32_t *d = &s[(at + 3) % 8], *h = &s[(at + 7) % 8];
        uint32_t choice = (e & s[(at + 5) % 8]) ^ (~e & s[(at + 6) % 8]);
        *h += (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + K[i] + w[i];
        *d += *h;
        *h += (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    }
    for (int i = 0; i < 8; i++)
        state[i] += s[i];
}

void fhi_sha256_begin(fhi_sha256 *hash)
{
    static const uint32_t START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memset(hash, 0, sizeof *hash);
    memcpy(hash->state, START, sizeof START);
}

void fhi_sha256_add(fhi_sha256 *hash, const void *bytes, size_t count)
{
    const uint8_t *next = bytes;
    while (count > 0) {
        size_t at = (size_t)(hash->length % 64), room = 64 - at;
        size_t taken = count < room ? count : room;
        memcpy(hash->block + at, next, taken);
        hash->length += taken;
        next += taken;
        count -= taken;
        if (taken == room)
            compress(hash->state, hash->block);
    }
}

void fhi_sha256_digest(const fhi_sha256 *hash, uint8_t digest[FHI_SHA256_BYTES])
{
    static const uint8_t PADDING[64] = {0x80};
    fhi_sha256 last = *hash;
    uint8_t bits[8];
    for (int i = 0; i < 8; i++)
        bits[i] = (uint8_t)(hash->length * 8 >> (56 - 8 * i));
    fhi_sha256_add(&last, PADDING, 1 + (119 - (size_t)(hash->length % 64)) % 64);
    fhi_sha256_add(&last, bits, sizeof bits);
    for (int i = 0; i < FHI_SHA256_BYTES; i++)
        digest[i] = (uint8_t)(last.state[i / 4] >> (24 - 8 * (i % 4)));
}

void fhi_hex(const uint8_t *bytes, size_t count, char *hex)
{
    for (size_t i = 0; i < count; i++) {
        hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    hex[2 * count] = '\0';
}

void fhi_sha256_hex(const void *bytes, size_t count, char hex[2 * FHI_SHA256_BYTES + 1])
{
    fhi_sha256 hash;
    uint8_t digest[FHI_SHA256_BYTES];
    fhi_sha256_begin(&hash);
    fhi_sha256_add(&hash, bytes, count);
    fhi_sha256_digest(&hash, digest);
    fhi_hex(digest, sizeof digest, hex);
}
