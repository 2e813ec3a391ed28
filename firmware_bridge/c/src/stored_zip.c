#include "stored_zip.h"

#include <string.h>

#include "crc32.h"

enum { LOCAL_BYTES = 30, DIRECTORY_BYTES = 46, END_BYTES = 22, VERSION = 20, DATE_1980 = 33 };

static void put(uint8_t **at, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *(*at)++ = (uint8_t)(value >> (8 * i));
}

/* What the local header and the directory say alike. */
static void put_fields(uint8_t **at, const char *name, fhi_bytes data, uint32_t crc)
{
    put(at, VERSION, 2);
    put(at, 0, 4); /* flags, method: stored */
    put(at, 0, 2); /* midnight */
    put(at, DATE_1980, 2);
    put(at, crc, 4);
    put(at, (uint32_t)data.count, 4);
    put(at, (uint32_t)data.count, 4);
    put(at, (uint32_t)strlen(name), 2);
    put(at, 0, 2);
}

/* Whether `expected` stands at `*at`, which then moves beyond. */
static int stands(fhi_bytes zip, size_t *at, const void *expected, size_t count)
{
    if (zip.count - *at < count || memcmp(zip.data + *at, expected, count) != 0)
        return 0;
    *at += count;
    return 1;
}

static int local_header(fhi_bytes zip, size_t *at, const char *name, fhi_bytes *member)
{
    uint8_t header[LOCAL_BYTES], *end = header;
    if (zip.count - *at < LOCAL_BYTES)
        return 0;
    size_t start = *at + LOCAL_BYTES + strlen(name), size = fhi_u32(zip.data + *at + 18);
    if (start > zip.count || zip.count - start < size)
        return 0;
    member->data = zip.data + start;
    member->count = size;
    put(&end, 0x04034b50, 4);
    put_fields(&end, name, *member, fhi_crc32(*member));
    if (!stands(zip, at, header, sizeof header) || !stands(zip, at, name, strlen(name)))
        return 0;
    *at += size;
    return 1;
}

static int directory_entry(fhi_bytes zip, size_t *at, const char *name, fhi_bytes member)
{
    uint8_t entry[DIRECTORY_BYTES], *end = entry;
    size_t header = (size_t)(member.data - zip.data) - LOCAL_BYTES - strlen(name);
    put(&end, 0x02014b50, 4);
    put(&end, VERSION, 2);
    put_fields(&end, name, member, fhi_u32(zip.data + header + 14)); /* checked there */
    put(&end, 0, 4); /* comment, disk */
    put(&end, 0, 4);
    put(&end, 0, 2); /* attributes: two and four bytes */
    put(&end, (uint32_t)header, 4);
    return stands(zip, at, entry, sizeof entry) && stands(zip, at, name, strlen(name));
}

int fhi_stored_zip(fhi_bytes zip, const char *const *names, fhi_bytes *members, size_t count)
{
    uint8_t last[END_BYTES], *end = last;
    size_t at = 0;
    for (size_t i = 0; i < count; i++)
        if (!local_header(zip, &at, names[i], &members[i]))
            return 0;
    size_t directory = at;
    for (size_t i = 0; i < count; i++)
        if (!directory_entry(zip, &at, names[i], members[i]))
            return 0;
    put(&end, 0x06054b50, 4);
    put(&end, 0, 4);
    put(&end, (uint32_t)count, 2);
    put(&end, (uint32_t)count, 2);
    put(&end, (uint32_t)(at - directory), 4);
    put(&end, (uint32_t)directory, 4);
    put(&end, 0, 2);
    return stands(zip, &at, last, sizeof last) && at == zip.count;
}
