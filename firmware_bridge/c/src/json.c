#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "json_text.h"

enum { MAX_DEPTH = 64 };

typedef struct reader {
    fhi_json *json;
    const uint8_t *at, *end;
} reader;

static int value(reader *r, int depth, fhi_bytes name);

static void skip_space(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
        r->at++;
}

static int take(reader *r, const char *text)
{
    size_t count = strlen(text);
    if ((size_t)(r->end - r->at) < count || memcmp(r->at, text, count) != 0)
        return 0;
    r->at += count;
    return 1;
}

static int string(reader *r, fhi_bytes *text)
{
    uint32_t code;
    if (!take(r, "\""))
        return 0;
    text->data = r->at;
    while (r->at < r->end && *r->at != '"') {
        if (*r->at == '\\') {
            r->at++;
            if (!fhi_json_escape(&r->at, r->end, &code))
                return 0;
        } else {
            int length = fhi_utf8_length(r->at, r->end);
            if (*r->at < 0x20 || length == 0)
                return 0;
            r->at += length;
        }
    }
    text->count = (size_t)(r->at - text->data);
    return take(r, "\"");
}

static int digits(reader *r)
{
    const uint8_t *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > start;
}

static int number(reader *r, fhi_bytes *text)
{
    text->data = r->at;
    take(r, "-");
    if (!take(r, "0") && !digits(r))
        return 0;
    if (take(r, ".") && !digits(r))
        return 0;
    if (take(r, "e") || take(r, "E")) {
        if (!take(r, "+"))
            take(r, "-");
        if (!digits(r))
            return 0;
    }
    text->count = (size_t)(r->at - text->data);
    return 1;
}

static int name_is_new(const fhi_json *json, size_t parent, size_t child)
{
    const fhi_bytes name = json->values[child].name;
    for (size_t i = parent + 1; i < child; i = json->values[i].next)
        if (json->values[i].name.count == name.count &&
            memcmp(json->values[i].name.data, name.data, name.count) == 0)
            return 0;
    return 1;
}

/* The rest of an object or array, after its opening bracket. */
static int children(reader *r, size_t parent, int depth, int in_object)
{
    const char *close = in_object ? "}" : "]";
    skip_space(r);
    if (take(r, close))
        return 1;
    do {
        fhi_bytes name = {NULL, 0};
        size_t child = r->json->count;
        skip_space(r);
        if (in_object) {
            if (!string(r, &name))
                return 0;
            /* an escaped name could be another one in disguise */
            if (name.count && memchr(name.data, '\\', name.count))
                return 0;
            skip_space(r);
            if (!take(r, ":"))
                return 0;
        }
        if (!value(r, depth, name) || (in_object && !name_is_new(r->json, parent, child)))
            return 0;
        r->json->values[parent].children++;
        skip_space(r);
    } while (take(r, ","));
    return take(r, close);
}

static int push(fhi_json *json, fhi_bytes name)
{
    if (json->count == json->room) {
        size_t room = json->room ? 2 * json->room : 256;
        fhi_value *values = realloc(json->values, room * sizeof *values);
        if (!values) {
            json->out_of_memory = 1;
            return 0;
        }
        json->values = values;
        json->room = room;
    }
    memset(&json->values[json->count], 0, sizeof *json->values);
    json->values[json->count++].name = name;
    return 1;
}

static int value(reader *r, int depth, fhi_bytes name)
{
    size_t self = r->json->count;
    fhi_bytes text = {NULL, 0};
    fhi_json_kind kind;
    int good = 1;
    skip_space(r);
    if (depth == MAX_DEPTH || r->at == r->end || !push(r->json, name))
        return 0;
    if (*r->at == '{' || *r->at == '[') {
        kind = *r->at++ == '{' ? FHI_OBJECT : FHI_ARRAY;
        good = children(r, self, depth + 1, kind == FHI_OBJECT);
    } else if (*r->at == '"') {
        kind = FHI_STRING;
        good = string(r, &text);
    } else if (take(r, "true")) {
        kind = FHI_TRUE;
    } else if (take(r, "false")) {
        kind = FHI_FALSE;
    } else if (take(r, "null")) {
        kind = FHI_NULL;
    } else {
        kind = FHI_NUMBER;
        good = number(r, &text);
    }
    r->json->values[self].kind = kind;
    r->json->values[self].text = text;
    r->json->values[self].next = r->json->count;
    return good;
}

int fhi_json_read(fhi_json *json, fhi_bytes text)
{
    reader r = {json, text.data, text.data + text.count};
    fhi_bytes no_name = {NULL, 0};
    memset(json, 0, sizeof *json);
    if (!value(&r, 0, no_name))
        return 0;
    skip_space(&r);
    return r.at == r.end;
}

void fhi_json_free(fhi_json *json)
{
    free(json->values);
    memset(json, 0, sizeof *json);
}
