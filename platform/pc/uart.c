/* SPDX-License-Identifier: BSD-2-Clause */
/* COM1: National Semiconductor PC16550D data sheet, section 8. */
#include "pc/uart.h"
#include "arch.h"
#include "cpu.h"
#include "lapic.h"
#include "pc/ioapic.h"
#include "base/lock.h"

#define COM1       0x3f8
#define THR        (COM1 + 0) /* written: data to send */
#define RBR        (COM1 + 0) /* read: data received */
#define IER        (COM1 + 1)
#define FCR        (COM1 + 2) /* written */
#define IIR        (COM1 + 2) /* read: what it interrupts for */
#define MCR        (COM1 + 4)
#define LSR        (COM1 + 5)
#define SCR        (COM1 + 7) /* does nothing, but keeps what is written */
#define FCR_ENABLE 0xc1       /* FIFOs on, 16 bytes each; the trigger level is TRIGGER */
#define TRIGGER    14         /* bytes received before it tells */
#define IER_DATA   0x01
#define IIR_REASON 0x0e
#define IIR_DATA   0x04 /* TRIGGER bytes are there, or more */
#define MCR_LOOP   0x10
#define MCR_READY  0x0b /* DTR and RTS; OUT2, by which a PC lets its interrupts pass */
#define LSR_DATA   0x01
#define LSR_EMPTY  0x20 /* the transmit FIFO has room for all of its 16 bytes */
#define NO_UART    0xff /* what an absent device reads as, but for is_there() */
#define ANY        0x5a
#define FIFO       16
#define ISA_IRQ    4 /* COM1's */

static bool levels; /* IIR_DATA means TRIGGER bytes */

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
    if (inb(LSR) & LSR_DATA)
        early[1] = inb(RBR);
    else
        inb(RBR); /* that more may come */
}

void uart_init(void)
{
    uint8_t status = inb(LSR);
    if (status != NO_UART && status & LSR_DATA)
        enable_fifo_behind_byte();
    else
        outb(FCR, FCR_ENABLE);
}

/*
 * String instructions are carried out by the host, in the guest's memory: where it cannot see that,
 * byte by byte.
 */
static void send(const char *text, size_t n)
{
    if (pte_private == 0) {
        outsb(THR, text, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        outb(THR, (uint8_t)text[i]);
}

static void receive(char *buf, size_t n)
{
    if (pte_private == 0) {
        insb(RBR, buf, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        buf[i] = (char)inb(RBR);
}

/* Where unknown ports read as zeros a UART that is not there looks like one that is busy. */
static bool is_there(void)
{
    outb(SCR, ANY);
    return inb(SCR) == ANY;
}

/* One status read and one string instruction for every 16 bytes: two VM exits where KVM batches. */
void uart_write(const char *text, size_t n)
{
    while (n > 0) {
        unsigned long chunk = n < FIFO ? n : FIFO;
        uint8_t status;
        while (!((status = inb(LSR)) & LSR_EMPTY)) {
            if (status == 0 && !is_there())
                return;
            cpu_relax();
        }
        if (status == NO_UART)
            return;
        send(text, chunk);
        text += chunk;
        n -= chunk;
    }
}

long uart_read(char *buf, size_t n)
{
    size_t got = 0;
    uint8_t status;
    for (; got < n && early[0] >= 0; early[0] = early[1], early[1] = -1)
        buf[got++] = (char)early[0];
    while (got < n && (status = inb(LSR)) != NO_UART && status & LSR_DATA) {
        size_t chunk = 1; /* a full one is two VM exits, and so is a byte */
        if (levels && n - got >= TRIGGER && (inb(IIR) & IIR_REASON) == IIR_DATA)
            chunk = TRIGGER;
        receive(buf + got, chunk);
        got += chunk;
    }
    return (long)got;
}

bool uart_listen(bool has_levels)
{
    unsigned long flags = interrupts_save();
    lapic_init();
    bool listening = inb(LSR) != NO_UART &&
                     ioapic_route(ISA_IRQ, VECTOR_EVENT, (uint8_t)(cpuid(1, 0).ebx >> 24));
    levels = listening && has_levels;
    if (listening) {
        outb(MCR, MCR_READY);
        outb(IER, IER_DATA);
    }
    interrupts_restore(flags);
    return listening;
}
