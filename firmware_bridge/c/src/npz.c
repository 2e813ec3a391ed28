#include "npz.h"

#include <stdlib.h>
#include <string.h>

#include "crc32.h"
#include "inflate.h"

enum { END_BYTES = 22, ENTRY_BYTES = 46, LOCAL_BYTES = 30, STORED = 0, DEFLATED = 8 };
#define MAX_BYTES (8u << 20) /* of all arrays, unpacked; as MAX_GOLDEN_BYTES in Python */

/* The entry of the zip's directory that names `name`.npy, NULL if there is none, or if all together
 * would unpack to more than they may. */
static const uint8_t *find_entry(fhi_bytes zip, const char *name)
{
    if (zip.count < END_BYTES)
        return NULL;
    const uint8_t *end = zip.data + zip.count - END_BYTES;
    const uint8_t *found = NULL;
    size_t at = fhi_u32(end + 16), length = strlen(name);
    uint64_t unpacked = 0;
    if (fhi_u32(end) != 0x06054b50)
        return NULL;
    for (uint32_t left = fhi_u16(end + 10); left > 0; left--) {
        if (at > zip.count || zip.count - at < ENTRY_BYTES)
            return NULL;
        const uint8_t *entry = zip.data + at;
        size_t name_bytes = fhi_u16(entry + 28);
        if (fhi_u32(entry) != 0x02014b50 || zip.count - at - ENTRY_BYTES < name_bytes)
            return NULL;
        if (name_bytes == length + 4 && memcmp(entry + ENTRY_BYTES, name, length) == 0 &&
            memcmp(entry + ENTRY_BYTES + length, ".npy", 4) == 0)
            found = entry;
        unpacked += fhi_u32(entry + 24);
        at += ENTRY_BYTES + name_bytes + fhi_u16(entry + 30) + fhi_u16(entry + 32);
    }
    return unpacked > MAX_BYTES ? NULL : found;
}

/* The member of an entry, unpacked and checked, in memory of its own. */
static int unpack(fhi_bytes zip, const uint8_t *entry, fhi_bytes *member)
{
    size_t packed = fhi_u32(entry + 20), size = fhi_u32(entry + 24), at = fhi_u32(entry + 42);
    uint32_t method = fhi_u16(entry + 10);
    if (size > MAX_BYTES || at > zip.count || zip.count - at < LOCAL_BYTES)
        return 0;
    at += LOCAL_BYTES + fhi_u16(zip.data + at + 26) + fhi_u16(zip.data + at + 28);
    if (at > zip.count || zip.count - at < packed || (method == STORED && packed != size))
        return 0;
    uint8_t *bytes = malloc(size + 1);
    const fhi_bytes from = {zip.data + at, packed};
    int good = bytes && (method == STORED || method == DEFLATED);
    if (good && method == STORED)
        memcpy(bytes, from.data, size);
    else if (good)
        good = fhi_inflate(from, bytes, size);
    member->data = bytes;
    member->count = size;
    return good && fhi_crc32(*member) == fhi_u32(entry + 16);
}

/* The shape in a header such as {'descr': '<f4', 'fortran_order': False, 'shape': (7, 3), } */
static int read_shape(const char *header, fhi_array *array)
{
    const char *at = strstr(header, "'shape': (");
    if (!at || !strstr(header, "'fortran_order': False"))
        return 0;
    at += strlen("'shape': (");
    array->count = 1;
    while (*at >= '0' && *at <= '9') {
        char *end;
        unsigned long extent = strtoul(at, &end, 10);
        if (array->rank == 3 || extent > MAX_BYTES || array->count > MAX_BYTES)
            return 0;
        array->shape[array->rank++] = extent;
        array->count *= extent;
        at = end;
        while (*at == ',' || *at == ' ')
            at++;
    }
    return *at == ')' && array->rank > 0;
}

static int read_npy(fhi_bytes npy, fhi_array *array)
{
    char header[512] = "";
    if (npy.count < 10 || memcmp(npy.data, "\x93NUMPY\x01\x00", 8) != 0)
        return 0;
    size_t length = fhi_u16(npy.data + 8);
    if (length >= sizeof header || npy.count - 10 < length)
        return 0;
    memcpy(header, npy.data + 10, length);
    if (!read_shape(header, array))
        return 0;
    array->kind = strstr(header, "'descr': '<f4'") ? 'f' : strstr(header, "'descr': '<i2'") ? 'h' : 0;
    array->data = npy.data + 10 + length;
    return array->kind && array->count * (array->kind == 'f' ? 4 : 2) == npy.count - 10 - length;
}

int fhi_npz_read(fhi_bytes npz, const char *name, fhi_array *array)
{
    fhi_bytes member = {NULL, 0};
    memset(array, 0, sizeof *array);
    const uint8_t *entry = find_entry(npz, name);
    int good = entry && unpack(npz, entry, &member);
    array->file = (uint8_t *)(uintptr_t)member.data; /* ours, made in unpack */
    return good && read_npy(member, array);
}

void fhi_array_free(fhi_array *array)
{
    free(array->file);
    memset(array, 0, sizeof *array);
}
