#include "semihosting.h"

/* Operations of the Arm semihosting specification 2.0. */
enum { OPEN = 0x01, CLOSE = 0x02, WRITE = 0x05, READ = 0x06, EXIT_EXTENDED = 0x20 };
enum { MODE_RB = 1, MODE_WB = 5, APPLICATION_EXIT = 0x20026 };

static int32_t call(int32_t operation, const void *arguments)
{
    register int32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

int semihosting_open(const char *name, int write)
{
    uint32_t length = 0;
    while (name[length])
        length++;
    const uint32_t arguments[] = {(uint32_t)name, write ? MODE_WB : MODE_RB, length};
    return call(OPEN, arguments);
}

int semihosting_read(int file, void *to, size_t size)
{
    const uint32_t arguments[] = {(uint32_t)file, (uint32_t)to, size};
    return call(READ, arguments) == 0;
}

int semihosting_write(int file, const void *from, size_t size)
{
    const uint32_t arguments[] = {(uint32_t)file, (uint32_t)from, size};
    return call(WRITE, arguments) == 0;
}

void semihosting_close(int file)
{
    const uint32_t arguments[] = {(uint32_t)file};
    call(CLOSE, arguments);
}

void semihosting_exit(int status)
{
    const uint32_t arguments[] = {APPLICATION_EXIT, (uint32_t)status};
    for (;;)
        call(EXIT_EXTENDED, arguments);
}
