/* Verification of Ed25519 signatures (RFC 8032). Signing is the workstation's. */
#ifndef FHI_ED25519_H
#define FHI_ED25519_H

#include <stddef.h>
#include <stdint.h>

/* 1 if `signature` is that of `message` by the holder of `key`, else 0. Nothing here is secret,
 * so time may depend on the values. */
int fhi_ed25519_verify(const uint8_t signature[64], const void *message, size_t count,
                       const uint8_t key[32]);

#endif
