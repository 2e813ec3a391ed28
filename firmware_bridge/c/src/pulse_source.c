#include "pulse_source.h"

#include <math.h>
#include <stdlib.h>

#include "median.h"

enum { JOIN_WINDOWS = 4 };
#define JOIN_LOG 0.15

static int joins(const double *bpm, size_t before, size_t here)
{
    return here - before <= JOIN_WINDOWS + 1 && fabs(log(bpm[here]) - log(bpm[before])) <= JOIN_LOG;
}

int fhi_may_be_maternal(const double *bpm, size_t windows, int *maternal)
{
    double *rates = malloc((windows + 1) * sizeof *rates);
    if (!rates)
        return 0;
    for (size_t i = 0; i < windows; i++)
        maternal[i] = 0;
    for (size_t start = 0; start < windows;) {
        size_t last = start, count = 0, next = start;
        for (; next < windows; next++) {
            if (isnan(bpm[next]))
                continue;
            if (count > 0 && !joins(bpm, last, next))
                break;
            rates[count++] = bpm[next];
            last = next;
        }
        int slow = count > 0 && fhi_median(rates, count) < FHI_FETAL_BPM;
        for (size_t i = start; i <= last && count > 0; i++)
            maternal[i] = slow && !isnan(bpm[i]);
        start = next;
    }
    free(rates);
    return 1;
}
