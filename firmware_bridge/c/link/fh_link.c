#include "fh_link.h"

enum { VERSION = 1, HEADER_KIND = 0x48, SAMPLES_KIND = 0x53, LONGEST_RUN = 254 };

/* A frame on its way out: every byte goes through the checksum and the stuffing at once. */
typedef struct {
    uint8_t *out;
    size_t room, size; /* of `out`, and how much of it is used */
    size_t run;        /* where the length of the run in the making stands */
    uint32_t crc;
} writer_t;

/* CRC-32 as in zlib and Ethernet, four bits at a time: 64 bytes of table. */
static uint32_t crc32_add(uint32_t crc, uint8_t byte)
{
    static const uint32_t table[16] = {
        0x00000000u, 0x1db71064u, 0x3b6e20c8u, 0x26d930acu, 0x76dc4190u, 0x6b6b51f4u,
        0x4db26158u, 0x5005713cu, 0xedb88320u, 0xf00f9344u, 0xd6d6a3e8u, 0xcb61b38cu,
        0x9b64c2b0u, 0x86d3d2d4u, 0xa00ae278u, 0xbdbdf21cu};

    crc ^= byte;
    crc = (crc >> 4) ^ table[crc & 15u];
    return (crc >> 4) ^ table[crc & 15u];
}

static void begin(writer_t *to, uint8_t *out, size_t room)
{
    to->out = out;
    to->room = room;
    to->size = 1; /* the first run's length */
    to->run = 0;
    to->crc = 0xffffffffu;
}

static void end_run(writer_t *to)
{
    if (to->run < to->room) {
        to->out[to->run] = (uint8_t)(to->size - to->run);
    }
    to->run = to->size++;
}

/* One byte of the frame, stuffed: `out` never gets a zero. Past its end only sizes are counted. */
static void stuff(writer_t *to, uint8_t byte)
{
    if (to->size - to->run > LONGEST_RUN) {
        end_run(to);
    }
    if (byte == 0) {
        end_run(to);
        return;
    }
    if (to->size < to->room) {
        to->out[to->size] = byte;
    }
    to->size++;
}

static void put(writer_t *to, uint32_t value, int bytes)
{
    for (; bytes > 0; bytes--, value >>= 8) {
        to->crc = crc32_add(to->crc, (uint8_t)value);
        stuff(to, (uint8_t)value);
    }
}

static size_t finish(writer_t *to)
{
    put(to, ~to->crc, 4); /* little end first; `put` goes on with a crc nobody reads */
    end_run(to);          /* leaves room for one length more: the final zero takes it */
    if (to->size > to->room) {
        return 0;
    }
    to->out[to->size - 1] = 0;
    return to->size;
}

size_t fh_link_header(uint8_t *out, size_t room, const fh_link_header_t *header)
{
    writer_t to;

    if (header->frame_samples < 1 || header->frame_samples > FH_LINK_MAX_SAMPLES) {
        return 0;
    }
    begin(&to, out, room);
    put(&to, HEADER_KIND, 1);
    put(&to, VERSION, 1);
    put(&to, header->session, 2);
    put(&to, header->rate_hz, 4);
    put(&to, (uint16_t)header->gain_q8_db, 2);
    put(&to, header->frame_samples, 2);
    return finish(&to);
}

size_t fh_link_samples(uint8_t *out, size_t room, uint32_t number, const int16_t *samples,
                       size_t count)
{
    writer_t to;
    size_t i;

    if (count < 1 || count > FH_LINK_MAX_SAMPLES) {
        return 0;
    }
    begin(&to, out, room);
    put(&to, SAMPLES_KIND, 1);
    put(&to, number, 4);
    for (i = 0; i < count; i++) {
        put(&to, (uint16_t)samples[i], 2);
    }
    return finish(&to);
}
