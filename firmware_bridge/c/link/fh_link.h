/* Frames of the link between a probe and whoever listens; every byte is in docs/device.md.
 *
 * C99, no heap, no globals that change. One call writes one frame, ready for the wire:
 *
 *     uint8_t frame[FH_LINK_SAMPLES_BYTES(100)];
 *     size_t size = fh_link_samples(frame, sizeof frame, number++, pcm, 100);
 *     uart_write(frame, size);
 *
 * Send a header first and then once a second. A number that is left out tells the other side that
 * a frame was lost, so count up also when a frame is thrown away.
 */
#ifndef FH_LINK_H
#define FH_LINK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FH_LINK_MAX_SAMPLES 1000

/* Bytes on the wire at most: with one byte of stuffing in 254, and the zero at the end. */
#define FH_LINK_STUFFED(bytes) ((bytes) + (bytes) / 254 + 2)
#define FH_LINK_SAMPLES_BYTES(samples) FH_LINK_STUFFED(9 + 2 * (samples))
#define FH_LINK_HEADER_BYTES FH_LINK_STUFFED(16)

typedef struct {
    uint16_t session;       /* another one at every start: a boot counter, or by chance */
    uint32_t rate_hz;       /* 1000 to 192000 */
    int16_t gain_q8_db;     /* of the amplifier, in 1/256 dB */
    uint16_t frame_samples; /* in every frame of samples, 1 to 1000 */
} fh_link_header_t;

/* Both write one frame to `out` and return its size, or 0 if `room` is too small or a value is out
 * of range; `out` then holds nothing of use. */
size_t fh_link_header(uint8_t *out, size_t room, const fh_link_header_t *header);
size_t fh_link_samples(uint8_t *out, size_t room, uint32_t number, const int16_t *samples,
                       size_t count);

#ifdef __cplusplus
}
#endif
#endif
