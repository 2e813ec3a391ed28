/* CRC-32 of zip files (ISO 3309). */
#ifndef FHI_CRC32_H
#define FHI_CRC32_H

#include "bytes.h"

uint32_t fhi_crc32(fhi_bytes bytes);

#endif
