#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

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
