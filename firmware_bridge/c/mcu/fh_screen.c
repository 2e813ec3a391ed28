#include "fh_screen.h"

#include <string.h>

/* The trunks' arena lies where the bands were, once the bands have become the first input. */
typedef char arena_fits[FH_ARENA_BYTES <= sizeof(((fh_front_end *)0)->first.bands) ? 1 : -1];

/* What the view's trunk makes of the input in the arena. */
static const uint8_t *run(fh_screen *s, int view, const fh_tensor **out)
{
    const fh_trunk *trunk = &fh_trunks[view];
    *out = &trunk->tensors[trunk->layer_count];
    return fh_trunk_run(trunk, s->room.front_end.first.bands);
}

static void embed_beats(fh_screen *s, int view, float *views)
{
    const fh_tensor *out;
    const uint8_t *steps = run(s, view, &out);
    fh_head_beats(view, steps, out, views + view * FH_EMBEDDING);
}

static void embed_rhythm(fh_screen *s, const fh_rhythm *rhythm, float *views)
{
    const fh_tensor *out;
    const uint8_t *steps = run(s, FH_RHYTHM, &out);
    fh_head_rhythm(steps, out, (float)rhythm->centi_bpm[0] / 100.0f,
                   (float)rhythm->confidence / 16384.0f, views + FH_RHYTHM * FH_EMBEDDING);
}

static void finish_window(fh_screen *s)
{
    fh_front_end *f = &s->room.front_end;
    uint8_t *arena = f->first.bands;
    float views[FH_VIEWS * FH_EMBEDDING];
    fh_rhythm rhythm;

    fh_front_end_scalogram(f, FH_TIME_FREQUENCY_INPUT_MULTIPLIER,
                           FH_TIME_FREQUENCY_INPUT_ZERO_POINT, arena);
    memmove(fh_trunk_input(&fh_trunks[FH_TIME_FREQUENCY], arena), arena, FH_FRAMES * FH_BANDS);
    embed_beats(s, FH_TIME_FREQUENCY, views);

    fh_front_end_envelope(f, FH_ENVELOPE_INPUT_MULTIPLIER, FH_ENVELOPE_INPUT_ZERO_POINT,
                          fh_trunk_input(&fh_trunks[FH_ENVELOPE], arena));
    embed_beats(s, FH_ENVELOPE, views);

    fh_front_end_rhythm(f, &rhythm);
    fh_front_end_intervals(f, rhythm.centi_bpm[0], FH_RHYTHM_INPUT_MULTIPLIER,
                           FH_RHYTHM_INPUT_ZERO_POINT,
                           fh_trunk_input(&fh_trunks[FH_RHYTHM], arena));
    embed_rhythm(s, &rhythm, views);

    fh_head_window(views, &s->kept[s->count]);
    fh_window *window = &s->windows[s->count];
    memcpy(window->centi_bpm, rhythm.centi_bpm, sizeof window->centi_bpm);
    memcpy(window->evidence, rhythm.evidence, sizeof window->evidence);
    window->confidence = rhythm.confidence;
    window->still = f->still;
}

void fh_screen_start(fh_screen *s)
{
    s->count = 0;
    fh_front_end_start(&s->room.front_end);
}

int fh_screen_push(fh_screen *s, const int16_t *samples, int count)
{
    int taken = 0;
    while (taken < count && s->count < FH_MAX_WINDOWS) {
        taken += fh_front_end_push(&s->room.front_end, samples + taken, count - taken);
        if (fh_front_end_whole(&s->room.front_end)) {
            finish_window(s);
            s->count++;
            fh_front_end_start(&s->room.front_end);
        }
    }
    return taken;
}

fh_status fh_screen_finish(fh_screen *s, const uint8_t *usable, fh_verdict *verdict)
{
    int found = 0;
    for (int32_t i = 0; i < s->count; i++)
        found += usable[i] != 0;
    fh_track(s->windows, s->count, s->room.back);
    if (!found)
        return FH_NO_USABLE_WINDOW;
    fh_head_recording(s->kept, usable, s->count, s->room.scratch, verdict);
    return FH_OK;
}
