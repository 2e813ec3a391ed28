/* SHA-512 (FIPS 180-4) of a message in two or three parts, which is all that Ed25519 asks for. */
#ifndef FHI_SHA512_H
#define FHI_SHA512_H

#include <stddef.h>
#include <stdint.h>

#define FHI_SHA512_BYTES 64

typedef struct fhi_sha512 {
    uint64_t state[8];
    uint64_t length; /* bytes so far */
    uint8_t block[128];
} fhi_sha512;

void fhi_sha512_begin(fhi_sha512 *hash);
void fhi_sha512_add(fhi_sha512 *hash, const void *bytes, size_t count);
void fhi_sha512_end(fhi_sha512 *hash, uint8_t digest[FHI_SHA512_BYTES]);

#endif
