/* Heart rate of every window in the light of its neighbours: Viterbi's path through candidates.
 *
 * The wrapper's hidden Markov model (rhythm/rate_track.py) with its numbers, over the peaks of each
 * window alone, and the best path instead of the posterior: a board has no room for all rates.
 */
#include "fh_real.h"
#include "fh_screen.h"

static float step_cost(uint16_t from, uint16_t to)
{
    const float change = fh_ln((float)to / (float)from) / FH_STEP_LOG;
    const float size = change < 0.0f ? -change : change;
    return size < FH_JUMP_COST ? size : FH_JUMP_COST;
}

/* The best way to each candidate of a window; which of the last one's it comes from. */
static void add_window(const fh_window *last, const fh_window *now, float *scores, uint8_t *back)
{
    float reached[FH_CANDIDATES];
    for (int c = 0; c < FH_CANDIDATES; c++) {
        float best = -1e30f;
        for (int p = 0; p < FH_CANDIDATES; p++) {
            const float score = scores[p] - step_cost(last->centi_bpm[p], now->centi_bpm[c]);
            if (score > best) {
                best = score;
                back[c] = (uint8_t)p;
            }
        }
        reached[c] = best + (float)now->evidence[c] / 8.0f;
    }
    for (int c = 0; c < FH_CANDIDATES; c++)
        scores[c] = reached[c];
}

static void put_first(fh_window *window, int chosen)
{
    const uint16_t rate = window->centi_bpm[chosen];
    const uint8_t evidence = window->evidence[chosen];
    window->centi_bpm[chosen] = window->centi_bpm[0];
    window->evidence[chosen] = window->evidence[0];
    window->centi_bpm[0] = rate;
    window->evidence[0] = evidence;
}

/* A window of silence has no say: it takes over what its neighbour may have. */
static void pass_over_silence(fh_window *windows, int count)
{
    for (int w = 1; w < count; w++)
        for (int c = 0; windows[w].still > FH_DEAD_FRAMES && c < FH_CANDIDATES; c++) {
            windows[w].centi_bpm[c] = windows[w - 1].centi_bpm[c];
            windows[w].evidence[c] = 0;
        }
}

void fh_track(fh_window *windows, int count, uint8_t *back)
{
    float scores[FH_CANDIDATES] = {0.0f};
    int best = 0;
    if (count == 0)
        return;
    pass_over_silence(windows, count);
    for (int c = 0; c < FH_CANDIDATES; c++)
        scores[c] = (float)windows[0].evidence[c] / 8.0f;
    for (int w = 1; w < count; w++)
        add_window(&windows[w - 1], &windows[w], scores, back + w * FH_CANDIDATES);
    for (int c = 1; c < FH_CANDIDATES; c++)
        best = scores[c] > scores[best] ? c : best;
    for (int w = count - 1; w >= 0; w--) {
        put_first(&windows[w], best);
        best = w ? back[w * FH_CANDIDATES + best] : 0;
    }
}

static int goes_on(const fh_window *a, const fh_window *b)
{
    const float change = fh_ln((float)a->centi_bpm[0] / (float)b->centi_bpm[0]);
    return a->still <= FH_DEAD_FRAMES && b->still <= FH_DEAD_FRAMES && change < FH_JOIN_LOG &&
           change > -FH_JOIN_LOG;
}

uint16_t fh_mean_rate(const fh_window *windows, int count)
{
    uint32_t sum = 0, found = 0;
    for (int w = 0; w < count; w++) {
        if ((w > 0 && goes_on(&windows[w], &windows[w - 1])) ||
            (w + 1 < count && goes_on(&windows[w], &windows[w + 1]))) {
            sum += windows[w].centi_bpm[0];
            found++;
        }
    }
    return found ? (uint16_t)((sum + found / 2) / found) : 0;
}
