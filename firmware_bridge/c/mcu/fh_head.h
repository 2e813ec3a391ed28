/* What follows the int8 trunks: attention over beats, views and windows, and the probability.
 *
 * float32, compiled for the sizes in fh_head_sizes.h, which is generated with the weights.
 */
#ifndef FH_HEAD_H
#define FH_HEAD_H

#include <stdint.h>

#include "fh_conv.h"
#include "fh_head_sizes.h"
#include "fh_trunks.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { FH_TIMES = 6 }; /* periods of the time encoding */

typedef struct {
    const float *weight, *bias; /* [outputs][inputs], [outputs] or NULL */
} fh_linear;

typedef struct {
    fh_linear hidden, score, project;
    fh_linear norm; /* weight and bias of the layer norm */
} fh_beats_head;

typedef struct {
    fh_beats_head beats[FH_RHYTHM]; /* of the views before the rhythm */
    fh_linear rhythm, rhythm_norm, rate; /* `rhythm` reads the trunk's bytes in their order */
    fh_linear fusion[FH_VIEWS], fusion_score;
    fh_linear time, norm, query_key_value, output, norm_after, widen, narrow;
    fh_linear pool_hidden, pool_score, project, project_again, measure, tell, classifier;
    float periods_s[FH_TIMES];
    float slope, intercept, threshold; /* calibration and decision of the bundle */
    uint8_t positive;                  /* bit i: class i is positive */
} fh_head;

extern const fh_head fh_model;

typedef struct {
    float logits[FH_CLASSES];
    float probability;
    int above; /* whether the probability reaches the threshold */
} fh_verdict;

/* Embedding of a view that is a sequence from its trunk's bytes. */
void fh_head_beats(int view, const uint8_t *steps, const fh_tensor *tensor, float *embedding);

/* Embedding of the rhythm from its trunk's bytes and the heart rate. */
void fh_head_rhythm(const uint8_t *steps, const fh_tensor *tensor, float bpm, float confidence,
                    float *embedding);

/* What is kept of a window until it is known which windows are usable, in half floats (fh_real.h):
 * the fused embedding, which attention reads, and the measured numbers, whose mean is told.
 */
enum { FH_FUSED, FH_MEASURED, FH_PARTS };

typedef struct {
    uint16_t halves[FH_PARTS][FH_EMBEDDING];
} fh_kept;

/* What to keep of a window from the embeddings of its views, [FH_VIEWS][FH_EMBEDDING]. */
void fh_head_window(const float *views, fh_kept *kept);

/* Floats of scratch for so many windows. */
#define FH_SCRATCH_FLOATS(windows) ((windows) * (3 * FH_EMBEDDING + 1))

/* The verdict on `count` consecutive windows of which at least one is usable. */
void fh_head_recording(const fh_kept *kept, const uint8_t *usable, int count, float *scratch,
                       fh_verdict *verdict);

#ifdef __cplusplus
}
#endif
#endif
