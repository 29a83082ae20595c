/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the guest can talk to: requests (platform/vmm/abi.h); and, so that other images can speak
 * and end, a 16550 serial port (National Semiconductor PC16550D, section 8) without input and
 * interrupts, and QEMU's isa-debug-exit.
 */
#include "vmm.h"
#include "platform/kvm/debug_exit.h"
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COM1      0x3f8 /* 8 ports */
#define LCR_DLAB  0x80
#define LSR_EMPTY 0x60 /* of the register behind LCR and MCR: all was sent */
#define LOOK_MS   100  /* for a signal, while nobody reads */

/* One vCPU at a time is at the devices. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Never waits where a signal could be missed: what poll() lets through takes PIPE_BUF bytes at
 * once. */
void console_write(struct machine *m, const uint8_t *bytes, size_t n)
{
    struct pollfd f = {.fd = STDOUT_FILENO, .events = POLLOUT};
    while (n > 0 && !m->ended && (signaled == 0 || timeout_put_off(m))) {
        int ready = poll(&f, 1, LOOK_MS);
        if (ready == 0)
            atomic_fetch_add(&m->waited_ms, LOOK_MS);
        if (ready <= 0)
            continue;
        ssize_t written = write(STDOUT_FILENO, bytes, n < PIPE_BUF ? n : PIPE_BUF);
        if (written >= 0) {
            bytes += written;
            n -= (size_t)written;
        } else if (errno != EINTR && errno != EAGAIN) {
            machine_end(m, ST_FAILED, "cannot write the console: %s", strerror(errno));
        }
    }
}

int64_t console_read(uint8_t *bytes, size_t n)
{
    struct pollfd f = {.fd = STDIN_FILENO, .events = POLLIN};
    if (n == 0 || poll(&f, 1, 0) <= 0)
        return 0;
    ssize_t got = read(STDIN_FILENO, bytes, n);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    return got > 0 ? got : -1;
}

static void request(struct machine *m, uint32_t address)
{
    struct vmm_request *r = guest_memory(m, address, sizeof *r), copy;
    if (r == NULL || address % sizeof(uint64_t) != 0) {
        machine_end(m, ST_RESET, "the guest's request at 0x%x is not in its memory, or not aligned",
                    address);
        return;
    }
    memcpy(&copy, r, sizeof copy); /* another vCPU may change it meanwhile */
    uint8_t *bytes = guest_memory(m, copy.address, copy.length);
    copy.result = 0;
    if (copy.operation == VMM_WRITE && bytes != NULL)
        console_write(m, bytes, copy.length);
    else if (copy.operation == VMM_READ && bytes != NULL)
        copy.result = console_read(bytes, copy.length);
    else if (copy.operation == VMM_WRITE || copy.operation == VMM_READ)
        copy.result = VMM_EFAULT;
    else if (copy.operation == VMM_EXIT)
        machine_end(m, (uint8_t)copy.address, "%s", "");
    else if (copy.operation == VMM_CRASH)
        machine_end(m, ST_PANIC, "the guest panicked");
    else if (copy.operation == VMM_WALL)
        copy.result = (int64_t)clock_ns(CLOCK_REALTIME);
    else if (copy.operation != VMM_NULL)
        copy.result = VMM_EINVAL;
    r->result = copy.result;
}

/* Speaks only, and is always ready to; with DLAB set its data is the divisor's. */
static void serial_write(struct machine *m, unsigned reg, const uint8_t *bytes, uint32_t n)
{
    static bool divisor;
    if (reg == 0 && !divisor)
        console_write(m, bytes, n);
    else if (reg == 3)
        divisor = bytes[0] & LCR_DLAB;
}

static void port_out(struct machine *m, uint16_t port, uint8_t size, uint32_t count,
                     const uint8_t *data)
{
    uint32_t value = 0;
    memcpy(&value, data, size);
    if (port == VMM_PORT && size == 4)
        request(m, value);
    else if (port >= COM1 && port < COM1 + 8 && size == 1)
        serial_write(m, port - COM1, data, count);
    else if (port == DEBUG_EXIT_PORT)
        machine_end(m, (int)debug_exit_status(value), "%s", "");
}

static uint8_t port_in(uint16_t port)
{
    if (port == COM1 + 5)
        return LSR_EMPTY;
    return (port >= COM1 && port < COM1 + 8) || port == DEBUG_EXIT_PORT ? 0 : 0xff;
}

void device_io(struct vcpu *v)
{
    struct kvm_run *run = v->run;
    uint8_t *data = (uint8_t *)run + run->io.data_offset;
    pthread_mutex_lock(&lock);
    if (run->io.direction == KVM_EXIT_IO_OUT)
        port_out(v->machine, run->io.port, run->io.size, run->io.count, data);
    else
        memset(data, port_in(run->io.port), run->io.count * run->io.size);
    pthread_mutex_unlock(&lock);
}
