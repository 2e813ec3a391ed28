/* A zip of stored members in exactly one form, as `firmware_bridge/stored_zip.py` writes it. */
#ifndef FHI_STORED_ZIP_H
#define FHI_STORED_ZIP_H

#include "bytes.h"

/* 1, with the members in the order of `names`, if `zip` is those members in that order and nothing
 * else: no comment, no compressed or further member, no wrong checksum, no byte between. Else 0. */
int fhi_stored_zip(fhi_bytes zip, const char *const *names, fhi_bytes *members, size_t count);

#endif
