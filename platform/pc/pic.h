/* SPDX-License-Identifier: BSD-2-Clause */
/* The PC's two interrupt controllers, of which nothing is wanted: Intel's 8259A data sheet, OCW1.
 */
#ifndef PLATFORM_PIC_H
#define PLATFORM_PIC_H

#include "cpu.h"

#define PIC1_MASK 0x21
#define PIC2_MASK 0xa1

/* A BIOS leaves their interrupts on vectors 8 to 15, which are exceptions to us. */
static inline void pic_mask(void)
{
    outb(PIC1_MASK, 0xff);
    outb(PIC2_MASK, 0xff);
}
#endif
