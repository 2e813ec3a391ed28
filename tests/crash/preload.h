/* What the libraries share that are preloaded in front of the C library, in tests only. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/types.h>

/* The C library's own function. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Defines open or open64: what it gives follows from `path`, `flags` and `mode`. */
#define OPEN(name, given)                      \
  int name(const char *path, int flags, ...) { \
    mode_t mode = 0;                           \
    if (flags & O_CREAT) {                     \
      va_list more;                            \
      va_start(more, flags);                   \
      mode = (mode_t)va_arg(more, int);        \
      va_end(more);                            \
    }                                          \
    return given;                              \
  }
