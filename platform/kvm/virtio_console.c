/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio 1.1: split queues (2.6), the memory-mapped transport (4.2), the console (5.3). QEMU's
 * microvm has such transports at fixed places (docs/system/i386/microvm). The port is no console in
 * the device's sense, port 0: QEMU drops what a console writes while nobody reads.
 */
#include "kvm/virtio_console.h"
#include "arch.h"
#include "cpu.h"
#include "lapic.h"
#include "sys/input.h"
#include "pc/ioapic.h"
#include "base/lock.h"
#include "mm/page.h"
#include "mm/vm.h"
#include <string.h>

#define TRANSPORTS_PA   0xfeb00000ull
#define TRANSPORTS      8
#define TRANSPORT_BYTES 512
#define FIRST_PIN       5 /* of the I/O APIC, without ACPI */

/* Registers: 4.2.2. */
#define MAGIC             0x000 /* "virt" */
#define MAGIC_VALUE       0x74726976
#define VERSION           0x004 /* 2: not the legacy layout */
#define DEVICE_ID         0x008
#define ID_CONSOLE        3
#define DRIVER_FEATURES   0x020
#define DRIVER_WORD       0x024
#define FEATURES_0        0x2 /* the first word: several ports */
#define FEATURES_1        0x1 /* the second: not the legacy device */
#define QUEUE_SELECT      0x030
#define QUEUE_LENGTH      0x038
#define QUEUE_READY       0x044
#define QUEUE_NOTIFY      0x050
#define INTERRUPT_STATUS  0x060
#define INTERRUPT_ACK     0x064
#define STATUS            0x070
#define STATUS_DRIVER     0x3 /* acknowledged, and there is a driver */
#define STATUS_FEATURES   0x8
#define STATUS_DRIVER_OK  0x4
#define QUEUE_DESCRIPTORS 0x080 /* 64 bits each */
#define QUEUE_AVAILABLE   0x090
#define QUEUE_USED        0x0a0

#define LENGTH       4 /* descriptors of a queue, each a page */
#define WRITABLE     2 /* descriptor flag: by the device */
#define NO_INTERRUPT 1 /* of the available ring */

/* The port, and the device's numbers of the queues: 5.3.2. */
#define PORT 1
enum { RECEIVE, TRANSMIT, CONTROL, QUEUES };
static const uint32_t queue_numbers[QUEUES] = {2 * PORT + 2, 2 * PORT + 3, 3};

/* A message about a port: 5.3.6.2. */
#define PORT_OPEN 6
struct control {
    uint32_t port;
    uint16_t event, value;
};

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

struct queue_memory {
    struct descriptor descriptors[LENGTH];
    struct {
        uint16_t flags, index, ring[LENGTH];
    } available __attribute__((aligned(4)));
    struct {
        uint16_t flags, index;
        struct {
            uint32_t id, length;
        } ring[LENGTH];
    } used __attribute__((aligned(4)));
};
_Static_assert(sizeof(struct descriptor) == 16, "2.6.5");

/* What the device sees: a page with the queues, the receiver's pages, one for the transmitter. */
struct memory {
    struct queue_memory queues[QUEUES] __attribute__((aligned(PAGE_SIZE)));
    char received[LENGTH][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
    char sent[PAGE_SIZE];
    struct control control;
};

static volatile uint8_t *device; /* NULL: none */
static unsigned pin;
static struct memory *memory;
static uint16_t seen;  /* of the receiver's used ring */
static uint32_t taken; /* bytes of the next of it */
static struct lock lock;

static volatile uint32_t *at(uint32_t offset) { return (volatile uint32_t *)(device + offset); }

static bool is_console(void)
{
    return *at(MAGIC) == MAGIC_VALUE && *at(VERSION) == 2 && *at(DEVICE_ID) == ID_CONSOLE;
}

static void find_device(void)
{
    volatile uint8_t *page = vm_map_page(TRANSPORTS_PA, VM_DEVICE);
    for (unsigned i = TRANSPORTS; i > 0; i--) { /* QEMU fills them from the last on */
        device = page + (i - 1) * TRANSPORT_BYTES;
        pin = FIRST_PIN + i - 1;
        if (is_console())
            return;
    }
    device = 0;
}

static void put_address(uint32_t offset, const volatile void *p)
{
    uint64_t pa = (uint64_t)p - PHYS_BASE;
    *at(offset) = (uint32_t)pa;
    *at(offset + 4) = (uint32_t)(pa >> 32);
}

static void start_queue(unsigned queue)
{
    struct queue_memory *q = &memory->queues[queue];
    *at(QUEUE_SELECT) = queue_numbers[queue];
    *at(QUEUE_LENGTH) = LENGTH;
    put_address(QUEUE_DESCRIPTORS, q->descriptors);
    put_address(QUEUE_AVAILABLE, &q->available);
    put_address(QUEUE_USED, &q->used);
    *at(QUEUE_READY) = 1;
}

/* Makes one descriptor available, and tells the device. */
static void offer(unsigned queue, uint16_t id)
{
    struct queue_memory *q = &memory->queues[queue];
    q->available.ring[q->available.index % LENGTH] = id;
    __atomic_store_n(&q->available.index, (uint16_t)(q->available.index + 1), __ATOMIC_SEQ_CST);
    *at(QUEUE_NOTIFY) = queue_numbers[queue];
}

static uint16_t used(unsigned queue)
{
    return __atomic_load_n(&memory->queues[queue].used.index, __ATOMIC_ACQUIRE);
}

/* Sends n bytes at p, and waits until the device has them. */
static void send(unsigned queue, const void *p, size_t n)
{
    struct queue_memory *q = &memory->queues[queue];
    q->descriptors[0] = (struct descriptor){(uint64_t)p - PHYS_BASE, (uint32_t)n, 0, 0};
    offer(queue, 0);
    while (used(queue) != q->available.index)
        cpu_relax();
}

static void start(void)
{
    memset(memory->queues, 0, sizeof memory->queues);
    *at(STATUS) = 0;
    *at(STATUS) = STATUS_DRIVER;
    *at(DRIVER_WORD) = 0;
    *at(DRIVER_FEATURES) = FEATURES_0;
    *at(DRIVER_WORD) = 1;
    *at(DRIVER_FEATURES) = FEATURES_1;
    *at(STATUS) = STATUS_DRIVER | STATUS_FEATURES;
    for (unsigned queue = 0; queue < QUEUES; queue++) {
        start_queue(queue);
        memory->queues[queue].available.flags = queue == RECEIVE ? 0 : NO_INTERRUPT;
    }
    *at(STATUS) = STATUS_DRIVER | STATUS_FEATURES | STATUS_DRIVER_OK;
    memory->control = (struct control){PORT, PORT_OPEN, 1};
    send(CONTROL, &memory->control, sizeof memory->control);
    for (uint16_t i = 0; i < LENGTH; i++) {
        memory->queues[RECEIVE].descriptors[i] =
            (struct descriptor){(uint64_t)memory->received[i] - PHYS_BASE, PAGE_SIZE, WRITABLE, 0};
        offer(RECEIVE, i);
    }
}

bool virtio_console_found(void)
{
    static bool looked;
    unsigned long flags = lock_take(&lock);
    if (!looked) {
        looked = true;
        if (pte_private == 0) /* else it could not see our queues */
            find_device();
        uint64_t pa = device != 0 ? page_alloc(order_for(sizeof *memory)) : 0;
        if (pa == 0)
            device = 0;
        memory = phys_to_virt(pa);
        if (device != 0)
            start();
    }
    lock_drop(&lock, flags);
    return device != 0;
}

/* The device has taken a page when its write returns, unless nobody reads the console. */
void virtio_console_write(const char *text, size_t n)
{
    unsigned long flags = lock_take(&lock);
    for (size_t part; n > 0; text += part, n -= part) {
        part = n < sizeof memory->sent ? n : sizeof memory->sent;
        memcpy(memory->sent, text, part);
        send(TRANSMIT, memory->sent, part);
    }
    lock_drop(&lock, flags);
}

long virtio_console_read(char *buf, size_t n)
{
    struct queue_memory *q = &memory->queues[RECEIVE];
    size_t got = 0;
    unsigned long flags = lock_take(&lock);
    while (got < n && used(RECEIVE) != seen) {
        uint16_t id = q->used.ring[seen % LENGTH].id % LENGTH;
        uint32_t length = q->used.ring[seen % LENGTH].length;
        length = length < taken ? taken : length < PAGE_SIZE ? length : PAGE_SIZE;
        size_t part = length - taken < n - got ? length - taken : n - got;
        memcpy(buf + got, memory->received[id] + taken, part);
        got += part;
        taken += (uint32_t)part;
        if (taken == length) {
            taken = 0;
            seen++;
            offer(RECEIVE, id);
        }
    }
    lock_drop(&lock, flags);
    return (long)got;
}

bool virtio_console_listen(void)
{
    unsigned long flags = interrupts_save();
    lapic_init();
    bool routed = ioapic_route(pin, VECTOR_EVENT, (uint8_t)(cpuid(1, 0).ebx >> 24));
    interrupts_restore(flags);
    return routed;
}

void virtio_console_event(void) { *at(INTERRUPT_ACK) = *at(INTERRUPT_STATUS); }
