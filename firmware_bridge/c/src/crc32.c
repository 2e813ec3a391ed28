#include "crc32.h"

uint32_t fhi_crc32(fhi_bytes bytes)
{
    uint32_t table[256], crc = 0xffffffff;
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
    }
    for (size_t i = 0; i < bytes.count; i++)
        crc = crc >> 8 ^ table[(crc ^ bytes.data[i]) & 0xff];
    return ~crc;
}
