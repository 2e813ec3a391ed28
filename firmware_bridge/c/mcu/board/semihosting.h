/* Files and exit status of the host, through a debugger or an emulator. */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

#include <stddef.h>
#include <stdint.h>

/* A handle, -1 if it cannot be opened; `write` makes the file anew. */
int semihosting_open(const char *name, int write);

/* Whether all `size` bytes came or went. */
int semihosting_read(int file, void *to, size_t size);
int semihosting_write(int file, const void *from, size_t size);
void semihosting_close(int file);
__attribute__((noreturn)) void semihosting_exit(int status);

/* Bytes of stack used since the start (start.c). */
uint32_t stack_used(void);

#endif
