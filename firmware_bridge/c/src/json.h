/* A strict reader of JSON text (RFC 8259) into a flat list of values.
 *
 * Refused: text after the value, bad UTF-8, a name that stands twice in an object, lone surrogates,
 * more than 64 levels. Two readers must not take two different values from one signed text. */
#ifndef FHI_JSON_H
#define FHI_JSON_H

#include "bytes.h"

typedef enum fhi_json_kind {
    FHI_NULL,
    FHI_FALSE,
    FHI_TRUE,
    FHI_NUMBER,
    FHI_STRING,
    FHI_ARRAY,
    FHI_OBJECT
} fhi_json_kind;

typedef struct fhi_value {
    fhi_json_kind kind;
    fhi_bytes text; /* of a string: between the quotes, escapes as they stand; of a number: all */
    fhi_bytes name; /* of the member of an object, likewise */
    size_t children;
    size_t next; /* index of the value after this one and all below it */
} fhi_value;

typedef struct fhi_json {
    fhi_value *values; /* the first is the whole document; a child stands right after its parent */
    size_t count, room;
    int out_of_memory;
} fhi_json;

/* 1 if `text` is one JSON value, else 0; free with `fhi_json_free` in both cases. */
int fhi_json_read(fhi_json *json, fhi_bytes text);
void fhi_json_free(fhi_json *json);

/* The member `name` (plain ASCII) of the object `of`; NULL if `of` is NULL, no object or has none. */
const fhi_value *fhi_member(const fhi_json *json, const fhi_value *of, const char *name);
/* Child `index` of an array; NULL beyond its end. */
const fhi_value *fhi_element(const fhi_json *json, const fhi_value *of, size_t index);
/* Whether a value is the string `text` (plain ASCII, without escapes). */
int fhi_is_text(const fhi_value *value, const char *text);
/* A string of at most `room` - 1 bytes, escapes resolved, with a zero; 0 if it is none or too long. */
int fhi_copy_text(const fhi_value *value, char *text, size_t room);
/* A number; 0 if the value is none. */
int fhi_number(const fhi_value *value, double *number);

#endif
