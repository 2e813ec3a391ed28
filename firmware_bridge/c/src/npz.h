/* Arrays of a file that `numpy.savez` or `savez_compressed` wrote. */
#ifndef FHI_NPZ_H
#define FHI_NPZ_H

#include "bytes.h"

typedef struct fhi_array {
    uint8_t *file; /* the whole .npy member, to be freed */
    const uint8_t *data;
    char kind; /* 'f' float32, 'h' int16 */
    size_t shape[3];
    size_t rank, count;
} fhi_array;

/* The array `name`, C order, little-endian, of a type and rank as above. 0 if there is none, it is
 * damaged or memory runs out. Release with `fhi_array_free` in any case. */
int fhi_npz_read(fhi_bytes npz, const char *name, fhi_array *array);
void fhi_array_free(fhi_array *array);

#endif
