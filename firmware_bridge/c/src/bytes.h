/* Little-endian numbers in bytes, and a stretch of bytes. */
#ifndef FHI_BYTES_H
#define FHI_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* `count` bytes that somebody else owns. */
typedef struct fhi_bytes {
    const uint8_t *data;
    size_t count;
} fhi_bytes;

static inline uint32_t fhi_u16(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static inline uint32_t fhi_u32(const uint8_t *bytes)
{
    return fhi_u16(bytes) | fhi_u16(bytes + 2) << 16;
}

#endif
