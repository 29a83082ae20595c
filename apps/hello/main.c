/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hello: the greeting, its arguments and its environment; the boot ledger when asked. A boot is
 * measured by this program, so it needs write() alone, and each line is one of it.
 *
 * usage: hello [--ledger=json] [ARGS…]
 */
#include <limpet.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

struct text {
    size_t n;
    char bytes[256];
};

static void flush(struct text *t)
{
    write(1, t->bytes, t->n);
    t->n = 0;
}

static void add(struct text *t, const char *s, size_t n)
{
    if (n > sizeof t->bytes - t->n)
        flush(t);
    if (n > sizeof t->bytes) {
        write(1, s, n);
        return;
    }
    memcpy(t->bytes + t->n, s, n);
    t->n += n;
}

static void add_string(struct text *t, const char *s) { add(t, s, strlen(s)); }

static void add_number(struct text *t, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    add(t, digits + at, sizeof digits - at);
}

static void add_field(struct text *t, const char *key, uint64_t value)
{
    add_string(t, key);
    add_number(t, value);
}

static void say(const char *what, const char *value)
{
    struct text t = {0};
    add_string(&t, what);
    add_string(&t, value);
    add_string(&t, "\n");
    flush(&t);
}

static void say_ledger(void)
{
    struct text t;
    struct limpet_clock clock = limpet_clock();
    const struct limpet_stamp *s;
    t.n = 0;
    add_field(&t, "{\"limpet\":\"ledger\",\"tsc_hz\":", clock.tsc_hz);
    add_string(&t, ",\"tsc_source\":\"");
    add_string(&t, clock.source);
    add_field(&t, "\",\"error_ppm\":", clock.error_ppm);
    add_string(&t, ",\"platform\":\"");
    add_string(&t, limpet_platform());
    add_string(&t, "\",\"stages\":[");
    for (unsigned i = 0; (s = limpet_ledger(i)) != NULL; i++) {
        add_string(&t, i == 0 ? "{\"name\":\"" : ",{\"name\":\"");
        add_string(&t, s->name);
        add_field(&t, "\",\"tsc\":", s->tsc);
        add_string(&t, "}");
    }
    add_string(&t, "]}\n");
    flush(&t);
}

int main(int argc, char **argv)
{
    static const char greeting[] = "Hello from Limpet!\n";
    static char number[] = "argument 1: ";
    bool ledger = argc > 1 && strcmp(argv[1], "--ledger=json") == 0;

    write(1, greeting, sizeof greeting - 1);
    for (int i = 1; i < argc; i++) {
        if (i > 1 || !ledger)
            say(number, argv[i]);
        number[9] = number[9] == '9' ? '+' : (char)(number[9] + (number[9] != '+'));
    }
    for (char **e = environ; *e != NULL; e++)
        say("environment: ", *e);
    if (ledger)
        say_ledger();
    return 0;
}
