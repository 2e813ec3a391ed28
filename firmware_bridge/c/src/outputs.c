#include "outputs.h"

#include <stdlib.h>
#include <string.h>

int fhi_outputs_reserve(fhi_outputs *outputs, size_t windows)
{
    if (windows <= outputs->room)
        return 1;
    size_t room = outputs->room ? outputs->room : 16;
    while (room < windows)
        room += room / 2;
    for (int i = 0; i < FHI_OUTPUTS; i++) {
        float *rows = realloc(outputs->rows[i], room * outputs->width[i] * sizeof *rows);
        if (!rows)
            return 0;
        outputs->rows[i] = rows;
    }
    outputs->room = room;
    return 1;
}

void fhi_outputs_free(fhi_outputs *outputs)
{
    for (int i = 0; i < FHI_OUTPUTS; i++)
        free(outputs->rows[i]);
    memset(outputs, 0, sizeof *outputs);
}
