/* SHA-256 (FIPS 180-4). */
#ifndef FHI_SHA256_H
#define FHI_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define FHI_SHA256_BYTES 32

typedef struct fhi_sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    uint8_t block[64];
} fhi_sha256;

void fhi_sha256_begin(fhi_sha256 *hash);
void fhi_sha256_add(fhi_sha256 *hash, const void *bytes, size_t count);
/* The digest of all bytes so far; more may be added afterwards. */
void fhi_sha256_digest(const fhi_sha256 *hash, uint8_t digest[FHI_SHA256_BYTES]);
/* The digest of `count` bytes as 64 hexadecimal digits and a zero. */
void fhi_sha256_hex(const void *bytes, size_t count, char hex[2 * FHI_SHA256_BYTES + 1]);
void fhi_hex(const uint8_t *bytes, size_t count, char *hex);

#endif
