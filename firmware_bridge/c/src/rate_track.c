#include "rate_track.h"

#include <math.h>
#include <stdlib.h>

#define EVIDENCE_WEIGHT 25.0
#define NO_PULSE_EVIDENCE 0.27
#define STEP_LOG 0.03
#define JUMP 1e-3
#define LOSE 0.02
#define FIND 0.2
#define NEAR_LOG 0.04
#define DEAD_SHARE 0.3f
#define SILENT_LOG (-5.0)

/* The rates within 4 % of each one; rates are in order, so they are neighbours. */
static void make_near(fhi_rate_model *model)
{
    const fhi_lags *lags = &model->lags;
    for (int i = 0; i < lags->rates; i++) {
        int from = i, to = i;
        while (from > 0 && fabs(log(lags->bpm[from - 1] / lags->bpm[i])) < NEAR_LOG)
            from--;
        while (to + 1 < lags->rates && fabs(log(lags->bpm[to + 1] / lags->bpm[i])) < NEAR_LOG)
            to++;
        model->near_from[i] = from;
        model->near_to[i] = to;
    }
}

void fhi_rate_model_make(fhi_rate_model *model)
{
    const fhi_lags *lags = &model->lags;
    double usual[FHI_MOST_RATES], total = 0.0;
    fhi_lags_make(&model->lags);
    make_near(model);
    const int states = lags->rates;
    for (int i = 0; i < states; i++)
        total += usual[i] = lags->prior[i] / lags->beat_s[i];
    for (int i = 0; i < states; i++)
        usual[i] /= total;
    for (int from = 0; from < states; from++) {
        double *row = model->chance[from], sum = 0.0;
        for (int to = 0; to < states; to++)
            sum += row[to] =
                exp(-fabs(log(lags->bpm[from] / lags->bpm[to])) / STEP_LOG) / lags->beat_s[to];
        for (int to = 0; to < states; to++)
            row[to] = (1 - LOSE) * ((1 - JUMP) * row[to] / sum + JUMP * usual[to]);
        row[states] = LOSE;
        model->chance[states][from] = FIND * usual[from];
        model->start[from] = 0.5 * usual[from];
    }
    model->chance[states][states] = 1 - FIND;
    model->start[states] = 0.5;
}

/* How a window speaks for each state, the largest being 1. */
static void likelihood(const fhi_lags *lags, const float *autocorrelation, float dead_share,
                       double *speaks)
{
    const int dead = dead_share > DEAD_SHARE;
    double most = speaks[lags->rates] = dead ? 0.0 : EVIDENCE_WEIGHT * NO_PULSE_EVIDENCE;
    for (int i = 0; i < lags->rates; i++) {
        float once = autocorrelation[lags->beat[i]], twice = autocorrelation[lags->twice[i]];
        double evidence = (double)((once + 0.5f * twice) / 1.5f) * lags->prior[i];
        speaks[i] = dead ? SILENT_LOG : EVIDENCE_WEIGHT * evidence;
        most = fmax(most, speaks[i]);
    }
    for (int i = 0; i <= lags->rates; i++)
        speaks[i] = exp(speaks[i] - most);
}

static void normalise(double *row, int count)
{
    double total = 0.0;
    for (int i = 0; i < count; i++)
        total += row[i];
    for (int i = 0; i < count; i++)
        row[i] /= total;
}

/* One step of the forward pass: what is reached from `before` and said by `row`. */
static void ahead(const fhi_rate_model *model, const double *before, const double *row, double *out)
{
    const int states = model->lags.rates + 1;
    for (int to = 0; to < states; to++)
        out[to] = before ? 0.0 : model->start[to];
    for (int from = 0; before && from < states; from++)
        for (int to = 0; to < states; to++)
            out[to] += before[from] * model->chance[from][to];
    for (int to = 0; to < states; to++)
        out[to] *= row[to];
    normalise(out, states);
}

/* One step of the backward pass from the next window's `row` and `after`. */
static void behind(const fhi_rate_model *model, const double *row, const double *after, double *out)
{
    const int states = model->lags.rates + 1;
    double said[FHI_MOST_RATES + 1];
    for (int to = 0; to < states; to++)
        said[to] = row[to] * after[to];
    for (int from = 0; from < states; from++) {
        out[from] = 0.0;
        for (int to = 0; to < states; to++)
            out[from] += model->chance[from][to] * said[to];
    }
    normalise(out, states);
}

/* The rate whose neighbourhood holds most of the posterior, and how much that is. */
static int heaviest(const fhi_rate_model *model, const double *posterior, double *mass)
{
    int best = 0;
    *mass = -1.0;
    for (int i = 0; i < model->lags.rates; i++) {
        double found = 0.0;
        for (int j = model->near_from[i]; j <= model->near_to[i]; j++)
            found += posterior[j];
        if (found > *mass) {
            *mass = found;
            best = i;
        }
    }
    return best;
}

/* Rate in bpm at the top of the curve within two lags of a rate. */
static double refined(const fhi_lags *lags, const float *autocorrelation, int best)
{
    int at = -1;
    for (int step = -2; step <= 2; step++) {
        int rate = best + step < 1 ? 1 : best + step;
        int lag = lags->beat[rate > lags->rates - 2 ? lags->rates - 2 : rate];
        if (at < 0 || autocorrelation[lag] > autocorrelation[at])
            at = lag;
    }
    float offset = fhi_vertex_single(autocorrelation[at - 1], autocorrelation[at],
                                     autocorrelation[at + 1]);
    return 60.0 / (lags->seconds[at] + (double)((float)FHI_LAG_STEP_S * offset));
}

int fhi_track_rate(const fhi_rate_model *model, const fhi_outputs *outputs, size_t windows,
                   double *bpm, double *confidence)
{
    const fhi_lags *lags = &model->lags;
    const size_t states = (size_t)lags->rates + 1, size = windows * states;
    double *speaks = malloc((2 * size + 2 * states) * sizeof *speaks);
    if (!speaks)
        return 0;
    double *reached = speaks + size, *back = reached + size, *joint = back + states;
    for (size_t i = 0; i < windows; i++) {
        double *row = speaks + i * states;
        likelihood(lags, fhi_row(outputs, FHI_AUTOCORRELATION, i),
                   *fhi_row(outputs, FHI_DEAD_SHARE, i), row);
        ahead(model, i ? reached + (i - 1) * states : NULL, row, reached + i * states);
    }
    for (size_t s = 0; s < states; s++)
        back[s] = 1.0;
    for (size_t i = windows; i-- > 0;) {
        if (i + 1 < windows) {
            behind(model, speaks + (i + 1) * states, back, joint);
            for (size_t s = 0; s < states; s++)
                back[s] = joint[s];
        }
        for (size_t s = 0; s < states; s++)
            joint[s] = reached[i * states + s] * back[s];
        normalise(joint, (int)states);
        double mass;
        int best = heaviest(model, joint, &mass);
        bpm[i] = refined(lags, fhi_row(outputs, FHI_AUTOCORRELATION, i), best);
        confidence[i] = fmin(fmax(mass, 0.0), 1.0);
    }
    free(speaks);
    return 1;
}
