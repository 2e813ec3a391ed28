/* What stands between the quotes of a JSON string. */
#ifndef FHI_JSON_TEXT_H
#define FHI_JSON_TEXT_H

#include <stdint.h>

/* The character after a backslash, as a code point; `*at` moves beyond it. 0 if it is no escape or
 * half of a surrogate pair. */
int fhi_json_escape(const uint8_t **at, const uint8_t *end, uint32_t *code);

/* Bytes of the UTF-8 character at `at`, 0 if it is none (RFC 3629: shortest form, no surrogates). */
int fhi_utf8_length(const uint8_t *at, const uint8_t *end);

#endif
