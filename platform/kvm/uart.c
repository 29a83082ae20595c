/* SPDX-License-Identifier: BSD-2-Clause */
/* COM1: National Semiconductor PC16550D data sheet, section 8. */
#include "uart.h"
#include "cpu.h"

#define COM1       0x3f8
#define THR        (COM1 + 0) /* written: data to send */
#define RBR        (COM1 + 0) /* read: data received */
#define FCR        (COM1 + 2)
#define MCR        (COM1 + 4)
#define LSR        (COM1 + 5)
#define FCR_ENABLE 0x01 /* FIFOs on; 16 bytes each */
#define MCR_LOOP   0x10
#define LSR_DATA   0x01
#define LSR_EMPTY  0x20 /* the transmit FIFO has room for all of its 16 bytes */
#define NO_UART    0xff /* what an absent device reads as */
#define FIFO       16

/* Bytes that came before the FIFO was there, which enabling it would drop; -1: none. */
static int early[2] = {-1, -1};

/*
 * Takes a byte that waits and enables the FIFO. QEMU would bring the next one in between, and lose
 * it; in loopback mode it does not until the receiver is read once more, when the FIFO is there.
 */
static void enable_fifo_behind_byte(void)
{
    outb(MCR, MCR_LOOP);
    early[0] = inb(RBR);
    outb(FCR, FCR_ENABLE);
    outb(MCR, 0);
    uint8_t next = inb(RBR);
    if (next != 0) /* what an empty FIFO reads as */
        early[1] = next;
}

void uart_init(void)
{
    uint8_t status = inb(LSR);
    if (status != NO_UART && status & LSR_DATA)
        enable_fifo_behind_byte();
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
    int c = early[0];
    if (c >= 0) {
        early[0] = early[1];
        early[1] = -1;
        return c;
    }
    uint8_t status = inb(LSR);
    return status == NO_UART || !(status & LSR_DATA) ? -1 : inb(RBR);
}
