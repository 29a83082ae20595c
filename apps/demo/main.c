/* SPDX-License-Identifier: BSD-2-Clause */
/* demo: what else a program may want: floats, the heap, a file, a thread, and the boot ledger. */
#include <limpet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void ledger_table(void)
{
    struct limpet_clock clock = limpet_clock();
    const struct limpet_stamp *s = limpet_ledger(0), *before = s;
    printf("%-14s %10s %10s\n", "reached", "cycles", "µs");
    for (unsigned i = 0; (s = limpet_ledger(i)) != NULL; before = s, i++)
        printf("%-14s %10llu %10.2f\n", s->name, (unsigned long long)(s->tsc - before->tsc),
               (double)(s->tsc - limpet_ledger(0)->tsc) * 1e6 / (double)clock.tsc_hz);
    printf("TSC: %llu Hz by %s, error %u ppm\n", (unsigned long long)clock.tsc_hz, clock.source,
           (unsigned)clock.error_ppm);
}

int main(void)
{
    int failed = try_heap() | try_file() | try_thread();
    ledger_table();
    return failed;
}
