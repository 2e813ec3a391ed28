#include "text.h"

#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(fhi_text *text, const char *piece, size_t count)
{
    if (!text->failed && text->count + count + 1 > text->room) {
        size_t room = 2 * (text->count + count) + 1024;
        char *larger = realloc(text->start, room);
        if (larger) {
            text->start = larger;
            text->room = room;
        } else {
            free(text->start);
            text->start = NULL;
            text->failed = 1;
        }
    }
    if (text->failed)
        return;
    memcpy(text->start + text->count, piece, count);
    text->count += count;
    text->start[text->count] = '\0';
}

void fhi_add(fhi_text *text, const char *format, ...)
{
    char piece[512];
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    if (count >= 0 && (size_t)count < sizeof piece)
        append(text, piece, (size_t)count);
}

void fhi_add_string(fhi_text *text, const char *utf8)
{
    append(text, "\"", 1);
    for (; *utf8; utf8++) {
        if ((unsigned char)*utf8 < 0x20)
            fhi_add(text, "\\u%04x", (unsigned)(unsigned char)*utf8);
        else if (*utf8 == '"' || *utf8 == '\\')
            fhi_add(text, "\\%c", *utf8);
        else
            append(text, utf8, 1);
    }
    append(text, "\"", 1);
}

void fhi_add_number(fhi_text *text, double number, int digits)
{
    char piece[64];
    if (isnan(number)) {
        append(text, "null", 4);
        return;
    }
    if (digits >= 0)
        snprintf(piece, sizeof piece, "%.*f", digits, number);
    for (int precision = 15; digits < 0 && precision <= 17; precision++) {
        snprintf(piece, sizeof piece, "%.*g", precision, number);
        if (strtod(piece, NULL) == number)
            break;
    }
    char *point = strstr(piece, localeconv()->decimal_point);
    if (point) /* the program around us may have set another locale */
        *point = '.';
    append(text, piece, strlen(piece));
}
