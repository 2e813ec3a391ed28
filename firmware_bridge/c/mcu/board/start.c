/* Start-up for Cortex-M3 and later: vectors, floating point on, data and stack made, main. */
#include <stdint.h>

#include "semihosting.h"

extern uint8_t stack_start[], stack_top[], data_start[], data_end[], data_load[];
extern uint8_t bss_start[], bss_end[];

int main(void);
void reset(void);
void run(void);

enum { FAULT = 99 };
#define PAINT 0xa5u

static void fault(void) { semihosting_exit(FAULT); }

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    stack_top, (const void *)reset,
    (const void *)fault, (const void *)fault, (const void *)fault,
    (const void *)fault, (const void *)fault,
};

__attribute__((naked)) void reset(void)
{
    __asm__("ldr r0, =stack_top\n\tmov sp, r0\n\tb run\n\t.ltorg");
}

void run(void)
{
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
    *(volatile uint32_t *)0xe000ed88u |= 0xfu << 20; /* CPACR: coprocessors 10 and 11 */
    __asm__ volatile("dsb\n\tisb");
#endif
    const uint8_t *from = data_load;
    for (uint8_t *to = data_start; to < data_end;)
        *to++ = *from++;
    for (uint8_t *to = bss_start; to < bss_end;)
        *to++ = 0;
    for (volatile uint8_t *to = stack_start; to < (uint8_t *)__builtin_frame_address(0) - 64;)
        *to++ = PAINT; /* so that stack_used can tell how deep it went */
    semihosting_exit(main());
}

uint32_t stack_used(void)
{
    const uint8_t *at = stack_start;
    while (at < stack_top && *at == PAINT)
        at++;
    return (uint32_t)(stack_top - at);
}
