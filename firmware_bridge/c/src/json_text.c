#include "json_text.h"

#include <string.h>

#include "json.h"

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

int fhi_json_escape(const uint8_t **at, const uint8_t *end, uint32_t *code)
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

int fhi_utf8_length(const uint8_t *at, const uint8_t *end)
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
        if (!fhi_json_escape(&at, end, &code) || code == 0)
            return 0;
        count += put_utf8(text + count, code);
    }
    text[count] = '\0';
    return 1;
}
