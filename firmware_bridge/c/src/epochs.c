#include "epochs.h"

#include <math.h>
#include <stdlib.h>

#include "beats.h"

enum { NEIGHBOURS = 5 };
#define AGREE_LOG 0.025

/* Beat times with less of the error of marking each, gone on for one window at both ends. */
typedef struct course {
    double *times, *numbers;
    size_t count;
} course;

static int make_course(course *c, const double *beats_s, size_t beats)
{
    c->count = beats + 2;
    c->times = malloc(2 * c->count * sizeof *c->times);
    if (!c->times)
        return 0;
    double *steady = c->times + 1;
    c->numbers = c->times + c->count;
    for (size_t i = 0; i < beats; i++) {
        int inner = i > 0 && i + 1 < beats;
        steady[i] = inner ? 0.25 * beats_s[i - 1] + 0.5 * beats_s[i] + 0.25 * beats_s[i + 1]
                          : beats_s[i];
        c->numbers[i + 1] = (double)i;
    }
    double first = (steady[NEIGHBOURS] - steady[0]) / NEIGHBOURS;
    double last = (steady[beats - 1] - steady[beats - 1 - NEIGHBOURS]) / NEIGHBOURS;
    c->times[0] = steady[0] - FHI_WINDOW_S;
    c->numbers[0] = -FHI_WINDOW_S / first;
    c->times[c->count - 1] = steady[beats - 1] + FHI_WINDOW_S;
    c->numbers[c->count - 1] = (double)(beats - 1) + FHI_WINDOW_S / last;
    return 1;
}

/* The beat's number, in fractions, at a time; the ends hold beyond the course. */
static double number_at(const course *c, double time, size_t *from)
{
    if (time <= c->times[0])
        return c->numbers[0];
    if (time >= c->times[c->count - 1])
        return c->numbers[c->count - 1];
    while (c->times[*from + 1] <= time)
        (*from)++;
    double slope = (c->numbers[*from + 1] - c->numbers[*from]) /
                   (c->times[*from + 1] - c->times[*from]);
    return slope * (time - c->times[*from]) + c->numbers[*from];
}

int fhi_epoch_bpm(const double *beats_s, size_t beats, double *bpm, size_t windows)
{
    course c;
    size_t from = 0;
    if (beats < 2 * NEIGHBOURS)
        return 1;
    if (!make_course(&c, beats_s, beats))
        return 0;
    double before = number_at(&c, 0.0, &from);
    for (size_t i = 0; i < windows; i++) {
        double here = number_at(&c, FHI_WINDOW_S * (double)(i + 1), &from);
        double counted = (here - before) * 60.0 / FHI_WINDOW_S;
        if (fabs(log(fmax(counted, 1.0) / bpm[i])) < AGREE_LOG)
            bpm[i] = counted;
        before = here;
    }
    free(c.times);
    return 1;
}
