/* SPDX-License-Identifier: BSD-2-Clause */
/* COM1: National Semiconductor PC16550D data sheet, section 8. */
#include "uart.h"
#include "cpu.h"

#define COM1       0x3f8
#define THR        (COM1 + 0) /* written: data to send */
#define RBR        (COM1 + 0) /* read: data received */
#define FCR        (COM1 + 2)
#define LSR        (COM1 + 5)
#define FCR_ENABLE 0x01 /* FIFOs on; 16 bytes each */
#define LSR_DATA   0x01
#define LSR_EMPTY  0x20 /* the transmit FIFO has room for all of its 16 bytes */
#define NO_UART    0xff /* what an absent device reads as */
#define FIFO       16

static int early = -1; /* a byte that came before the FIFO was there; enabling that drops it */

/* Reads the byte and enables the FIFO in one go: in between the next byte might come, and drop. */
static int take_byte_and_enable_fifo(void)
{
    uint8_t byte;
    uint16_t port = RBR;
    __asm__ volatile("inb %%dx, %%al; mov %%al, %%cl; mov %2, %%edx; mov %3, %%eax; outb %%al, %%dx"
                     : "=c"(byte), "+d"(port)
                     : "i"(FCR), "i"(FCR_ENABLE)
                     : "eax", "memory");
    return byte;
}

void uart_init(void)
{
    uint8_t status = inb(LSR);
    if (status != NO_UART && status & LSR_DATA)
        early = take_byte_and_enable_fifo();
    else
        outb(FCR, FCR_ENABLE);
}

/* One status read and one string instruction for every 16 bytes: two VM exits where KVM batches. */
void uart_write(const char *text, size_t n)
{
    while (n > 0) {
        unsigned long chunk = n < FIFO ? n : FIFO;
        uint8_t status;
        while (!((status = inb(LSR)) & LSR_EMPTY))
            __builtin_ia32_pause();
        if (status == NO_UART)
            return;
        outsb(THR, text, chunk);
        text += chunk;
        n -= chunk;
    }
}

int uart_getc(void)
{
    int c = early;
    if (c >= 0) {
        early = -1;
        return c;
    }
    uint8_t status = inb(LSR);
    return status == NO_UART || !(status & LSR_DATA) ? -1 : inb(RBR);
}
