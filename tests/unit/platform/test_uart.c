/* SPDX-License-Identifier: BSD-2-Clause */
/* COM1 as the machines of several VMMs have it: there, busy, or not there. */
#include "unit.h"
#include "cpu.h"

uint8_t fake_inb(uint16_t port);
void fake_outb(uint16_t port, uint8_t value);
void fake_outsb(uint16_t port, const void *bytes, unsigned long n);
void fake_insb(uint16_t port, void *bytes, unsigned long n);
#define inb   fake_inb
#define outb  fake_outb
#define outsb fake_outsb
#define insb  fake_insb
#include "pc/uart.c"

uint64_t pte_private;
void lapic_init(void) {}
bool ioapic_route(unsigned pin, uint8_t vector, uint8_t apic_id)
{
    (void)pin, (void)vector, (void)apic_id;
    return false;
}

static struct {
    bool there;
    uint8_t absent; /* what ports read as where nothing is */
    uint8_t scratch;
    unsigned busy, strings, sent, asked; /* busy: for so many more looks */
    char text[64];
} uart;

static void send_byte(uint8_t byte)
{
    assert_true(uart.sent < sizeof uart.text);
    uart.text[uart.sent++] = (char)byte;
}

uint8_t fake_inb(uint16_t port)
{
    if (!uart.there)
        return ++uart.asked < 1000 ? uart.absent : LSR_EMPTY; /* the test ends, and fails */
    if (port == SCR)
        return uart.scratch;
    assert_int_equal(port, LSR);
    if (uart.busy == 0)
        return LSR_EMPTY;
    uart.busy--;
    return 0;
}

void fake_outb(uint16_t port, uint8_t value)
{
    if (uart.there && port == SCR)
        uart.scratch = value;
    else if (port == THR)
        send_byte(value);
}

void fake_outsb(uint16_t port, const void *bytes, unsigned long n)
{
    uart.strings++;
    for (unsigned long i = 0; i < n; i++)
        fake_outb(port, ((const uint8_t *)bytes)[i]);
}

void fake_insb(uint16_t port, void *bytes, unsigned long n)
{
    (void)port, (void)bytes, (void)n;
    fail_msg("nothing is read here");
}

static const char text[] = "seventeen letters";

static void busy(void **state)
{
    (void)state;
    memset(&uart, 0, sizeof uart);
    uart.there = true;
    uart.busy = 5;
    uart_write(text, 17);
    assert_int_equal(uart.sent, 17);
    assert_memory_equal(uart.text, text, 17);
    assert_int_equal(uart.strings, 2);
}

/* What would be shared with the host is not: no string instruction. */
static void private_memory(void **state)
{
    (void)state;
    memset(&uart, 0, sizeof uart);
    uart.there = true;
    pte_private = 1ull << 51;
    uart_write(text, 17);
    pte_private = 0;
    assert_memory_equal(uart.text, text, 17);
    assert_int_equal(uart.strings, 0);
}

/* Nobody waits for what is not there, whatever it reads as. */
static void absent(void **state)
{
    (void)state;
    for (unsigned ones = 0; ones < 2; ones++) {
        memset(&uart, 0, sizeof uart);
        uart.absent = ones ? 0xff : 0;
        uart_write(text, 17);
        assert_int_equal(uart.sent, 0);
        assert_true(uart.asked <= 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(busy),
        cmocka_unit_test(private_memory),
        cmocka_unit_test(absent),
    };
    return cmocka_run_group_tests_name("uart", tests, 0, 0);
}
