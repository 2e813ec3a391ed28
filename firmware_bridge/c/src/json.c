#include "json.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

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

static int hex4(const uint8_t *at, const uint8_t *end, uint32_t *code)
{
    *code = 0;
    if (end - at < 4)
        return 0;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdefABCDEF", *found = strchr(digits, at[i]);
        if (!at[i] || !found)
            return 0;
        *code = *code << 4 | (uint32_t)(found - digits < 16 ? found - digits : found - digits - 6);
    }
    return 1;
}

/* The character after a backslash, as a code point; `*at` moves beyond it. */
static int escape(const uint8_t **at, const uint8_t *end, uint32_t *code)
{
    static const char NAMES[] = "\"\\/bfnrt", MEANT[] = "\"\\/\b\f\n\r\t";
    uint32_t low;
    if (*at == end)
        return 0;
    uint8_t letter = *(*at)++;
    const char *found = letter ? strchr(NAMES, letter) : NULL;
    if (found) {
        *code = (uint8_t)MEANT[found - NAMES];
        return 1;
    }
    if (letter != 'u' || !hex4(*at, end, code))
        return 0;
    *at += 4;
    if (*code < 0xd800 || *code > 0xdfff)
        return 1;
    if (*code > 0xdbff || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u' ||
        !hex4(*at + 2, end, &low) || low < 0xdc00 || low > 0xdfff)
        return 0;
    *at += 6;
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return 1;
}

/* Bytes of the UTF-8 character at `at`, 0 if it is none (RFC 3629: shortest form, no surrogates). */
static int utf8_length(const uint8_t *at, const uint8_t *end)
{
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    int length = *at < 0x80 ? 1 : *at >> 5 == 6 ? 2 : *at >> 4 == 14 ? 3 : *at >> 3 == 30 ? 4 : 0;
    if (length == 0 || end - at < length)
        return 0;
    uint32_t code = length == 1 ? *at : *at & (0x7fu >> length);
    for (int i = 1; i < length; i++) {
        if (at[i] >> 6 != 2)
            return 0;
        code = code << 6 | (at[i] & 0x3f);
    }
    if (code < LEAST[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    return length;
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
            if (!escape(&r->at, r->end, &code))
                return 0;
        } else {
            int length = utf8_length(r->at, r->end);
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

const fhi_value *fhi_member(const fhi_json *json, const fhi_value *of, const char *name)
{
    if (!of || of->kind != FHI_OBJECT)
        return NULL;
    for (size_t i = (size_t)(of - json->values) + 1; i < of->next; i = json->values[i].next) {
        const fhi_bytes found = json->values[i].name;
        if (found.count == strlen(name) && memcmp(found.data, name, found.count) == 0)
            return &json->values[i];
    }
    return NULL;
}

const fhi_value *fhi_element(const fhi_json *json, const fhi_value *of, size_t index)
{
    if (!of || of->kind != FHI_ARRAY || index >= of->children)
        return NULL;
    size_t i = (size_t)(of - json->values) + 1;
    while (index-- > 0)
        i = json->values[i].next;
    return &json->values[i];
}

int fhi_is_text(const fhi_value *value, const char *text)
{
    return value && value->kind == FHI_STRING && value->text.count == strlen(text) &&
           memcmp(value->text.data, text, value->text.count) == 0;
}

static size_t put_utf8(char *to, uint32_t code)
{
    int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint8_t HEAD[] = {0, 0xc0, 0xe0, 0xf0};
    to[0] = (char)(HEAD[more] | code >> (6 * more));
    for (int i = 1; i <= more; i++)
        to[i] = (char)(0x80 | (code >> (6 * (more - i)) & 0x3f));
    return (size_t)more + 1;
}

int fhi_copy_text(const fhi_value *value, char *text, size_t room)
{
    if (!value || value->kind != FHI_STRING)
        return 0;
    const uint8_t *at = value->text.data, *end = at + value->text.count;
    size_t count = 0;
    while (at < end) {
        uint32_t code = 0;
        if (count + 5 > room)
            return 0;
        if (*at != '\\') {
            text[count++] = (char)*at++;
            continue;
        }
        at++;
        if (!escape(&at, end, &code) || code == 0)
            return 0;
        count += put_utf8(text + count, code);
    }
    text[count] = '\0';
    return 1;
}

int fhi_number(const fhi_value *value, double *number)
{
    char text[64];
    if (!value || value->kind != FHI_NUMBER || value->text.count >= sizeof text)
        return 0;
    memcpy(text, value->text.data, value->text.count);
    text[value->text.count] = '\0';
    char *point = strchr(text, '.');
    if (point) /* the program around us may have set another locale */
        *point = *localeconv()->decimal_point;
    *number = strtod(text, NULL);
    return 1;
}
