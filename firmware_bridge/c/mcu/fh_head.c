#include "fh_head.h"

#include "fh_real.h"

#ifdef __GNUC__
#define FH_UNROLL _Pragma("GCC unroll 8")
#define FH_INLINE inline __attribute__((always_inline)) /* so that it knows its sizes */
#else
#define FH_UNROLL
#define FH_INLINE
#endif

#define WINDOW_S 3.75f
#define HEAD_SIZE (FH_EMBEDDING / FH_HEADS)
#define LOWEST (-1e30f)
#define FH_FLAT (FH_RHYTHM_OUTPUT_STEPS * FH_RHYTHM_OUTPUT_CHANNELS)

/* ---- building blocks --------------------------------------------------------------------- */

/* One rounding a term where the processor has it in one instruction. */
#ifdef __ARM_FEATURE_FMA
#define FH_ADD_PRODUCT(sum, a, b) __builtin_fmaf(a, b, sum)
#else
#define FH_ADD_PRODUCT(sum, a, b) ((sum) + (a) * (b))
#endif

static FH_INLINE float dot(const float *a, const float *b, int count)
{
    float sum = 0.0f;
    FH_UNROLL
    for (int i = 0; i < count; i++)
        sum = FH_ADD_PRODUCT(sum, a[i], b[i]);
    return sum;
}

static FH_INLINE void apply(const fh_linear *layer, const float *x, int inputs, int outputs, float *y)
{
    for (int o = 0; o < outputs; o++)
        y[o] = dot(layer->weight + o * inputs, x, inputs) + (layer->bias ? layer->bias[o] : 0.0f);
}

static void apply_relu(float *x, int count)
{
    for (int i = 0; i < count; i++)
        x[i] = x[i] > 0.0f ? x[i] : 0.0f;
}

static void layer_norm(const fh_linear *norm, const float *x, float *y)
{
    float mean = 0.0f, square = 0.0f;
    for (int i = 0; i < FH_EMBEDDING; i++)
        mean += x[i];
    mean /= FH_EMBEDDING;
    for (int i = 0; i < FH_EMBEDDING; i++)
        square += (x[i] - mean) * (x[i] - mean);
    const float scale = 1.0f / fh_sqrt(square / FH_EMBEDDING + 1e-5f);
    for (int i = 0; i < FH_EMBEDDING; i++)
        y[i] = (x[i] - mean) * scale * norm->weight[i] + norm->bias[i];
}

/* A softmax-weighted mean, of terms that come one by one. */
typedef struct {
    float largest, total;
} fh_softmax;

static void add_term(fh_softmax *s, float score, const float *term, int count, float *sum)
{
    float weight = 1.0f;
    if (score > s->largest) {
        const float shrink = fh_exp(s->largest - score);
        for (int i = 0; i < count; i++)
            sum[i] *= shrink;
        s->total *= shrink;
        s->largest = score;
    } else {
        weight = fh_exp(score - s->largest);
    }
    for (int i = 0; i < count; i++)
        sum[i] += weight * term[i];
    s->total += weight;
}

/* ---- a window ---------------------------------------------------------------------------- */

static void beat_scores(const fh_beats_head *head, const float *x, float *scores)
{
    float hidden[FH_HIDDEN];
    apply(&head->hidden, x, FH_WIDTH, FH_HIDDEN, hidden);
    for (int i = 0; i < FH_HIDDEN; i++)
        hidden[i] = fh_tanh(hidden[i]);
    apply(&head->score, hidden, FH_HIDDEN, FH_HEADS, scores);
}

void fh_head_beats(int view, const uint8_t *steps, const fh_tensor *tensor, float *embedding)
{
    const fh_beats_head *head = &fh_model.beats[view];
    fh_softmax state[FH_HEADS];
    float pooled[FH_HEADS * FH_WIDTH] = {0.0f}, x[FH_WIDTH], scores[FH_HEADS];
    for (int h = 0; h < FH_HEADS; h++)
        state[h] = (fh_softmax){LOWEST, 0.0f};
    for (int t = 0; t < tensor->steps; t++, steps += FH_WIDTH) {
        for (int c = 0; c < FH_WIDTH; c++)
            x[c] = (float)(steps[c] - tensor->zero_point) * tensor->scale;
        beat_scores(head, x, scores);
        for (int h = 0; h < FH_HEADS; h++)
            add_term(&state[h], scores[h], x, FH_WIDTH, pooled + h * FH_WIDTH);
    }
    for (int i = 0; i < FH_HEADS * FH_WIDTH; i++)
        pooled[i] /= state[i / FH_WIDTH].total;
    float projected[FH_EMBEDDING];
    apply(&head->project, pooled, FH_HEADS * FH_WIDTH, FH_EMBEDDING, projected);
    layer_norm(&head->norm, projected, embedding);
}

void fh_head_rhythm(const uint8_t *steps, const fh_tensor *tensor, float bpm, float confidence,
                    float *embedding)
{
    const fh_linear *project = &fh_model.rhythm;
    const float rate[2] = {5.0f * fh_ln(bpm / FH_PRIOR_BPM), confidence};
    float projected[FH_EMBEDDING];
    for (int o = 0; o < FH_EMBEDDING; o++) {
        const float *weight = project->weight + o * FH_FLAT;
        float sum = 0.0f;
        FH_UNROLL
        for (int i = 0; i < FH_FLAT; i++)
            sum = FH_ADD_PRODUCT(sum, weight[i], (float)(steps[i] - tensor->zero_point));
        projected[o] = sum * tensor->scale + project->bias[o];
    }
    layer_norm(&fh_model.rhythm_norm, projected, embedding);
    apply(&fh_model.rate, rate, 2, FH_EMBEDDING, projected);
    for (int i = 0; i < FH_EMBEDDING; i++)
        embedding[i] += projected[i];
}

static void fuse(const float *views, float *embedding)
{
    for (int i = 0; i < FH_EMBEDDING; i++)
        embedding[i] = 0.0f;
    fh_softmax state = {LOWEST, 0.0f};
    for (int v = 0; v < FH_VIEWS; v++) {
        float projected[FH_EMBEDDING], bent[FH_EMBEDDING], score;
        apply(&fh_model.fusion[v], views + v * FH_EMBEDDING, FH_EMBEDDING, FH_EMBEDDING, projected);
        for (int i = 0; i < FH_EMBEDDING; i++)
            bent[i] = fh_tanh(projected[i]);
        apply(&fh_model.fusion_score, bent, FH_EMBEDDING, 1, &score);
        add_term(&state, score, projected, FH_EMBEDDING, embedding);
    }
    for (int i = 0; i < FH_EMBEDDING; i++)
        embedding[i] /= state.total;
}

static void pack(const float *x, uint16_t *halves)
{
    for (int i = 0; i < FH_EMBEDDING; i++)
        halves[i] = fh_to_half(x[i]);
}

void fh_head_window(const float *views, fh_kept *kept)
{
    float x[FH_EMBEDDING];
    fuse(views, x);
    pack(x, kept->halves[FH_FUSED]);
    apply(&fh_model.measure, views, FH_VIEWS * FH_EMBEDDING, FH_EMBEDDING, x);
    pack(x, kept->halves[FH_MEASURED]);
}

/* ---- a recording ------------------------------------------------------------------------- */

static void add_time(int number, float *window)
{
    float encoding[2 * FH_TIMES], time[FH_EMBEDDING];
    for (int i = 0; i < FH_TIMES; i++) {
        const float turns = (float)number * WINDOW_S / fh_model.periods_s[i];
        encoding[i] = fh_sine_of_turns(turns);
        encoding[FH_TIMES + i] = fh_sine_of_turns(turns + 0.25f);
    }
    apply(&fh_model.time, encoding, 2 * FH_TIMES, FH_EMBEDDING, time);
    for (int i = 0; i < FH_EMBEDDING; i++)
        window[i] += time[i];
}

/* One of query, key and value: a third of the layer's rows. */
static void apply_third(int third, const float *x, float *y)
{
    const fh_linear *all = &fh_model.query_key_value;
    const fh_linear part = {all->weight + third * FH_EMBEDDING * FH_EMBEDDING,
                            all->bias + third * FH_EMBEDDING};
    apply(&part, x, FH_EMBEDDING, FH_EMBEDDING, y);
}

static void attend(const float *query, const float *keys, const uint8_t *usable, int count,
                   float *attended)
{
    const float scale = 1.0f / fh_sqrt((float)HEAD_SIZE);
    for (int h = 0; h < FH_HEADS; h++) {
        fh_softmax state = {LOWEST, 0.0f};
        float *sum = attended + h * HEAD_SIZE;
        for (int i = 0; i < HEAD_SIZE; i++)
            sum[i] = 0.0f;
        for (int w = 0; w < count; w++) {
            const float *key = keys + w * 2 * FH_EMBEDDING + h * HEAD_SIZE;
            if (usable[w])
                add_term(&state, scale * dot(query + h * HEAD_SIZE, key, HEAD_SIZE),
                         key + FH_EMBEDDING, HEAD_SIZE, sum);
        }
        for (int i = 0; i < HEAD_SIZE; i++)
            sum[i] /= state.total;
    }
}

/* A window that has looked at the others, as the transformer's block leaves it. */
static void mix_window(float *x, const float *keys, const uint8_t *usable, int count)
{
    float normed[FH_EMBEDDING], query[FH_EMBEDDING], wide[2 * FH_EMBEDDING];
    layer_norm(&fh_model.norm, x, normed);
    apply_third(0, normed, query);
    attend(query, keys, usable, count, normed);
    apply(&fh_model.output, normed, FH_EMBEDDING, FH_EMBEDDING, query);
    for (int i = 0; i < FH_EMBEDDING; i++)
        x[i] += query[i];
    layer_norm(&fh_model.norm_after, x, normed);
    apply(&fh_model.widen, normed, FH_EMBEDDING, 2 * FH_EMBEDDING, wide);
    apply_relu(wide, 2 * FH_EMBEDDING);
    apply(&fh_model.narrow, wide, 2 * FH_EMBEDDING, FH_EMBEDDING, query);
    for (int i = 0; i < FH_EMBEDDING; i++)
        x[i] += query[i];
}

static float pool_score(const float *x)
{
    float hidden[FH_HIDDEN], score;
    apply(&fh_model.pool_hidden, x, FH_EMBEDDING, FH_HIDDEN, hidden);
    for (int i = 0; i < FH_HIDDEN; i++)
        hidden[i] = fh_tanh(hidden[i]);
    apply(&fh_model.pool_score, hidden, FH_HIDDEN, 1, &score);
    return score;
}

/* Weighted mean and standard deviation; the weights sum to 1, 0 for what is not usable. */
static void spread(const float *windows, const float *weights, int count, float *mean, float *deviation)
{
    for (int i = 0; i < FH_EMBEDDING; i++) {
        float sum = 0.0f, square = 0.0f;
        for (int w = 0; w < count; w++)
            sum += weights[w] * windows[w * FH_EMBEDDING + i];
        for (int w = 0; w < count; w++) {
            const float away = windows[w * FH_EMBEDDING + i] - sum;
            square += weights[w] * away * away;
        }
        mean[i] = sum;
        deviation[i] = fh_sqrt(square + 1e-6f);
    }
}

static void softmax(float *scores, const uint8_t *usable, int count)
{
    float largest = LOWEST, total = 0.0f;
    for (int w = 0; w < count; w++)
        largest = usable[w] && scores[w] > largest ? scores[w] : largest;
    for (int w = 0; w < count; w++) {
        scores[w] = usable[w] ? fh_exp(scores[w] - largest) : 0.0f;
        total += scores[w];
    }
    for (int w = 0; w < count; w++)
        scores[w] /= total;
}

/* Equal weights for the usable windows, 0 for the others. */
static void share_evenly(const uint8_t *usable, int count, float *weights)
{
    int found = 0;
    for (int w = 0; w < count; w++)
        found += usable[w] != 0;
    for (int w = 0; w < count; w++)
        weights[w] = usable[w] ? 1.0f / (float)found : 0.0f;
}

static float log_sum_exp(const float *logits, uint8_t members)
{
    float largest = LOWEST, total = 0.0f;
    for (int c = 0; c < FH_CLASSES; c++)
        largest = (members >> c & 1) && logits[c] > largest ? logits[c] : largest;
    for (int c = 0; c < FH_CLASSES; c++)
        total += members >> c & 1 ? fh_exp(logits[c] - largest) : 0.0f;
    return largest + fh_ln(total);
}

static void decide(const float *statistics, const float *measured, fh_verdict *verdict)
{
    float first[FH_RECORDING], second[FH_RECORDING];
    apply(&fh_model.project, statistics, 3 * FH_EMBEDDING, FH_RECORDING, first);
    apply_relu(first, FH_RECORDING);
    apply(&fh_model.project_again, first, FH_RECORDING, FH_RECORDING, second);
    apply(&fh_model.tell, measured, FH_EMBEDDING, FH_RECORDING, first);
    for (int i = 0; i < FH_RECORDING; i++)
        second[i] += first[i];
    apply(&fh_model.classifier, second, FH_RECORDING, FH_CLASSES, verdict->logits);
    const uint8_t others = (uint8_t)(~fh_model.positive & ((1 << FH_CLASSES) - 1));
    const float odds = log_sum_exp(verdict->logits, fh_model.positive) -
                       log_sum_exp(verdict->logits, others);
    verdict->probability = 1.0f / (1.0f + fh_exp(-(fh_model.slope * odds + fh_model.intercept)));
    verdict->above = verdict->probability >= fh_model.threshold;
}

/* One part of what is kept, as floats [count][FH_EMBEDDING]. */
static void unpack(const fh_kept *kept, int part, int count, float *windows)
{
    for (int w = 0; w < count; w++)
        for (int i = 0; i < FH_EMBEDDING; i++)
            windows[w * FH_EMBEDDING + i] = fh_from_half(kept[w].halves[part][i]);
}

/* All windows, after each has looked at the others. */
static void mix(float *windows, float *keys, const uint8_t *usable, int count)
{
    float normed[FH_EMBEDDING];
    for (int w = 0; w < count; w++) {
        float *window = windows + w * FH_EMBEDDING, *key = keys + w * 2 * FH_EMBEDDING;
        add_time(w, window);
        layer_norm(&fh_model.norm, window, normed);
        apply_third(1, normed, key);
        apply_third(2, normed, key + FH_EMBEDDING);
    }
    for (int w = 0; w < count; w++)
        mix_window(windows + w * FH_EMBEDDING, keys, usable, count);
}

void fh_head_recording(const fh_kept *kept, const uint8_t *usable, int count, float *scratch,
                       fh_verdict *verdict)
{
    float *windows = scratch, *keys = windows + count * FH_EMBEDDING;
    float *weights = keys + count * 2 * FH_EMBEDDING;
    float statistics[3 * FH_EMBEDDING], measured[FH_EMBEDDING], unused[FH_EMBEDDING];
    share_evenly(usable, count, weights);
    unpack(kept, FH_MEASURED, count, windows);
    spread(windows, weights, count, measured, unused);
    unpack(kept, FH_FUSED, count, windows);
    spread(windows, weights, count, unused, statistics + 2 * FH_EMBEDDING);
    mix(windows, keys, usable, count);
    for (int w = 0; w < count; w++)
        weights[w] = pool_score(windows + w * FH_EMBEDDING);
    softmax(weights, usable, count);
    spread(windows, weights, count, statistics, statistics + FH_EMBEDDING);
    decide(statistics, measured, verdict);
}
