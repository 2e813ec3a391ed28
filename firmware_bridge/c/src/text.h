/* Text that grows. */
#ifndef FHI_TEXT_H
#define FHI_TEXT_H

#include <stddef.h>

typedef struct fhi_text {
    char *start; /* NULL once memory ran out, whatever is added afterwards */
    size_t count, room;
    int failed;
} fhi_text;

void fhi_add(fhi_text *text, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* A JSON string in quotes, from UTF-8. */
void fhi_add_string(fhi_text *text, const char *utf8);

/* A number with so many digits after the point, or null for NaN. A negative count of digits asks
 * for the fewest that give the same double again. */
void fhi_add_number(fhi_text *text, double number, int digits);

#endif
