/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hello: the greeting, its arguments and its environment. What else a program may want, and the
 * boot ledger, when asked.
 *
 * usage: hello [--all | --ledger | --ledger=json] [ARGS…]
 */
#include <limpet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static void *in_thread(void *text)
{
    printf("%s says the thread\n", (const char *)text);
    return text;
}

static int try_thread(void)
{
    pthread_t thread;
    void *result;
    static char text[] = "hello,";
    return pthread_create(&thread, NULL, in_thread, text) != 0 ||
           pthread_join(thread, &result) != 0 || result != text;
}

static int try_file(void)
{
    char back[32] = "";
    FILE *f = fopen("/tmp/hello", "w+");
    if (f == NULL)
        return 1;
    fputs("written and read back", f);
    rewind(f);
    int failed = fgets(back, sizeof back, f) == NULL;
    printf("a file: %s\n", back);
    return fclose(f) != 0 || failed || strcmp(back, "written and read back") != 0;
}

static int try_heap(void)
{
    double *x = malloc(1000 * sizeof *x), sum = 0;
    if (x == NULL)
        return 1;
    for (int i = 0; i < 1000; i++)
        x[i] = i / 8.0;
    for (int i = 0; i < 1000; i++)
        sum += x[i];
    printf("floats: %.3f in %d numbers\n", sum, 1000);
    free(x);
    return sum != 62437.5;
}

static int ledger_table(void)
{
    struct limpet_clock clock = limpet_clock();
    const struct limpet_stamp *s = limpet_ledger(0), *before = s;
    printf("%-14s %10s %10s\n", "reached", "cycles", "µs");
    for (unsigned i = 0; (s = limpet_ledger(i)) != NULL; before = s, i++)
        printf("%-14s %10llu %10.2f\n", s->name, (unsigned long long)(s->tsc - before->tsc),
               (double)(s->tsc - limpet_ledger(0)->tsc) * 1e6 / (double)clock.tsc_hz);
    printf("TSC: %llu Hz by %s, error %u ppm\n", (unsigned long long)clock.tsc_hz, clock.source,
           (unsigned)clock.error_ppm);
    return 0;
}

static int ledger_json(void)
{
    struct limpet_clock clock = limpet_clock();
    const struct limpet_stamp *s;
    printf("{\"limpet\":\"ledger\",\"tsc_hz\":%llu,\"tsc_source\":\"%s\",\"error_ppm\":%u,"
           "\"platform\":\"%s\",\"stages\":[",
           (unsigned long long)clock.tsc_hz, clock.source, (unsigned)clock.error_ppm,
           limpet_platform());
    for (unsigned i = 0; (s = limpet_ledger(i)) != NULL; i++)
        printf("%s{\"name\":\"%s\",\"tsc\":%llu}", i == 0 ? "" : ",", s->name,
               (unsigned long long)s->tsc);
    printf("]}\n");
    return 0;
}

/* Says it in one write(): a boot is measured by this program, so it boots no more than it needs. */
static void say(const char *text, const char *value)
{
    char line[256];
    size_t n = strlen(text), m = strlen(value);
    if (n + m + 1 > sizeof line) { /* in three, then */
        write(1, text, n);
        write(1, value, m);
        write(1, "\n", 1);
        return;
    }
    memcpy(line, text, n);
    memcpy(line + n, value, m);
    line[n + m] = '\n';
    write(1, line, n + m + 1);
}

static int demonstrate(void) { return try_heap() | try_file() | try_thread(); }

int main(int argc, char **argv)
{
    static char number[] = "argument 1: ";
    int (*then)(void) = NULL;

    say("Hello from Limpet!", "");
    for (int i = 1; i < argc; i++) {
        if (i == 1 && strcmp(argv[i], "--ledger") == 0)
            then = ledger_table;
        else if (i == 1 && strcmp(argv[i], "--ledger=json") == 0)
            then = ledger_json;
        else if (i == 1 && strcmp(argv[i], "--all") == 0)
            then = demonstrate;
        else
            say(number, argv[i]);
        number[9] = number[9] == '9' ? '+' : (char)(number[9] + (number[9] != '+'));
    }
    for (char **e = environ; *e != NULL; e++)
        say("environment: ", *e);
    return then != NULL ? then() : 0;
}
