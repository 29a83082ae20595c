/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the guest of a bare machine can talk to: a 16550 serial port (National Semiconductor
 * PC16550D, section 8) and a keyboard controller that resets, which ends the machine. As those of
 * Firecracker (vm-superio 0.8, i8042.rs), Cloud Hypervisor (serial.rs, i8042.rs), crosvm and
 * kvmtool are: accesses of more than a byte are ignored, the FIFOs cannot be configured, and a
 * received byte is told of as if the FIFO were full to its level.
 */
#include "vmm.h"
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COM1      0x3f8 /* 8 ports */
#define COM1_IRQ  4
#define KEYBOARD  0x64
#define RESET     0xfe
#define FIFO      64
#define IER_DATA  0x01
#define IIR_FIFOS 0xc0
#define IIR_NONE  0x01
#define IIR_DATA  0x04
#define LCR_DLAB  0x80
#define LSR_DATA  0x01
#define LSR_EMPTY 0x60 /* all was sent */

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR, REGISTERS };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t drained = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t there; /* the thread, before the jail is shut */
static uint8_t registers[REGISTERS], divisor[2];
static uint8_t came[FIFO]; /* from … to */
static unsigned from, to;

/* An edge, if the guest wants to hear of input and there is some. */
static void tell(struct machine *m)
{
    struct kvm_irq_level line = {.irq = COM1_IRQ, .level = 1};
    if (from == to || !(registers[IER] & IER_DATA))
        return;
    ioctl(m->vm, KVM_IRQ_LINE, &line);
    line.level = 0;
    ioctl(m->vm, KVM_IRQ_LINE, &line);
}

static void serial_write(struct machine *m, unsigned reg, uint8_t value)
{
    if (reg < 2 && registers[LCR] & LCR_DLAB)
        divisor[reg] = value;
    else if (reg == DATA)
        console_write(m, &value, 1);
    else if (reg != IIR && reg != LSR && reg != MSR) /* FCR is ignored, the others are read only */
        registers[reg] = value;
    if (reg == IER)
        tell(m);
}

static uint8_t serial_read(unsigned reg)
{
    uint8_t byte = 0;
    if (reg < 2 && registers[LCR] & LCR_DLAB)
        return divisor[reg];
    switch (reg) {
    case DATA:
        if (from != to)
            byte = came[from++];
        if (from == to)
            pthread_cond_signal(&drained);
        return byte;
    case IIR:
        return IIR_FIFOS | (from != to && registers[IER] & IER_DATA ? IIR_DATA : IIR_NONE);
    case LSR:
        return LSR_EMPTY | (from != to ? LSR_DATA : 0);
    default:
        return registers[reg];
    }
}

/* Bytes of the port that one instruction moves together, n of them. */
static void port_out(struct machine *m, uint16_t port, const uint8_t *bytes, size_t n)
{
    if (n == 1 && port == KEYBOARD && bytes[0] == RESET)
        machine_end(m, ST_OK, "%s", "");
    else if (n == 1 && port >= COM1 && port < COM1 + REGISTERS)
        serial_write(m, port - COM1, bytes[0]);
}

static void port_in(struct machine *m, uint16_t port, uint8_t *bytes, size_t n)
{
    if (port >= COM1 && port < COM1 + REGISTERS && n == 1)
        bytes[0] = serial_read(port - COM1);
    else if (port == KEYBOARD && n == 1)
        bytes[0] = 0; /* ready for a command */
    else
        memset(bytes, m->options->bare == BARE_ZEROS ? 0 : 0xff, n);
}

void bare_io(struct vcpu *v)
{
    struct kvm_run *run = v->run;
    uint8_t *bytes = (uint8_t *)run + run->io.data_offset;
    size_t n = (size_t)run->io.count * run->io.size;
    pthread_mutex_lock(&lock);
    if (run->io.direction == KVM_EXIT_IO_OUT)
        port_out(v->machine, run->io.port, bytes, n);
    else
        port_in(v->machine, run->io.port, bytes, n);
    pthread_mutex_unlock(&lock);
}

/* Takes what comes when there is room for it. The end of input is nothing that a UART could tell.
 */
static void *listen_to_input(void *argument)
{
    struct machine *m = argument;
    struct pollfd f = {.fd = STDIN_FILENO, .events = POLLIN};
    int64_t got = 0;
    pthread_barrier_wait(&there);
    while (got >= 0) {
        poll(&f, 1, -1);
        pthread_mutex_lock(&lock);
        got = console_read(came, sizeof came);
        from = 0;
        to = got > 0 ? (unsigned)got : 0;
        tell(m);
        while (from != to)
            pthread_cond_wait(&drained, &lock);
        pthread_mutex_unlock(&lock);
    }
    while (pause() != 0)
        ;
    return NULL;
}

void bare_listen(struct machine *m)
{
    pthread_t thread;
    pthread_barrier_init(&there, NULL, 2);
    if (pthread_create(&thread, NULL, listen_to_input, m) != 0)
        fail(ST_START, "no thread for the console's input");
    pthread_barrier_wait(&there);
}
