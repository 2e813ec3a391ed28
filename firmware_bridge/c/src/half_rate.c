#include "half_rate.h"

#include <math.h>

#include "lags.h"
#include "outputs.h"

#define AS_HIGH 0.6f
enum { REACH = 2 };

static float top(const float *curve, double lag_s)
{
    const int middle = (int)rint((lag_s - FHI_FIRST_LAG_S) / FHI_LAG_STEP_S);
    float highest = -INFINITY;
    for (int lag = middle - REACH; lag <= middle + REACH; lag++)
        highest = fmaxf(highest, curve[lag < 0 ? 0 : lag < FHI_LAGS ? lag : FHI_LAGS - 1]);
    return highest;
}

int fhi_is_half_the_rate(const float *autocorrelation, double bpm)
{
    return top(autocorrelation, 30.0 / bpm) > AS_HIGH * top(autocorrelation, 60.0 / bpm);
}
