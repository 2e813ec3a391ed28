/* Decompression of DEFLATE data (RFC 1951). */
#ifndef FHI_INFLATE_H
#define FHI_INFLATE_H

#include "bytes.h"

/* 1 if `packed` unpacks to exactly `count` bytes, which are then in `unpacked`; else 0. */
int fhi_inflate(fhi_bytes packed, uint8_t *unpacked, size_t count);

#endif
