/* SysTick as a clock. Under `qemu -icount shift=6` an instruction is 64 ns of its time. */
#ifndef TICKS_H
#define TICKS_H

#include <stdint.h>

#define SYST_CSR (*(volatile uint32_t *)0xe000e010u)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014u)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018u)
#define TICKS_MASK 0xffffffu

static inline void ticks_start(void)
{
    SYST_RVR = TICKS_MASK;
    SYST_CVR = 0;
    SYST_CSR = 5; /* processor clock, no interrupt */
    while (SYST_CVR == 0) {
    }
}

/* Counts down; right while fewer than 2^24 ticks lie between two readings. */
static inline uint32_t ticks_now(void) { return SYST_CVR; }
static inline uint32_t ticks_between(uint32_t before, uint32_t after)
{
    return (before - after) & TICKS_MASK;
}

#endif
