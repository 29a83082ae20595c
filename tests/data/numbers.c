/* SPDX-License-Identifier: BSD-2-Clause */
/* A thousand lines of numbers and text, which are to be those of the host's C library. */
#define _GNU_SOURCE
#include <locale.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static unsigned long long seed = 1;

static unsigned draw(unsigned below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

static void read_numbers(void)
{
    static const char *const texts[] = {"0xz",
                                        "0x1.8p3",
                                        "1e-46",
                                        "7.006492321624086e-46",
                                        "nan",
                                        "-inf",
                                        "1e400",
                                        "  +12abc",
                                        "0x1p-1074",
                                        "077",
                                        "1e",
                                        "0x.p1",
                                        "1.17549431e-38",
                                        ".5",
                                        "-",
                                        "18446744073709551616",
                                        "infinit",
                                        "1e-5000"};
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *end[5];
        long l = strtol(texts[i], &end[0], 16);
        unsigned long u = strtoul(texts[i], &end[1], 0);
        float f = strtof(texts[i], &end[2]);
        double d = strtod(texts[i], &end[3]);
        long double x = strtold(texts[i], &end[4]);
        printf("%s: %ld '%s' %lu '%s' %a '%s' %.17g '%s' %Lg '%s'\n", texts[i], l, end[0], u,
               end[1], f, end[2], d, end[3], x, end[4]);
        /* What begins like a number and is none is a failure by C11 7.21.6.2; glibc takes its
         * beginning. */
        if (strcmp(texts[i], "0xz") == 0 || strcmp(texts[i], "1e") == 0 ||
            strcmp(texts[i], "0x.p1") == 0)
            continue;
        float sf = 0;
        int si = 0, n = -1, got = sscanf(texts[i], "%f%n", &sf, &n);
        printf("%d %g %d;", got, sf, n);
        n = -1;
        got = sscanf(texts[i], "%i%n", &si, &n);
        printf(" %d %d %d\n", got, si, n);
    }
}

static void print_numbers(void)
{
    static const char letters[] = "efga";
    static const unsigned below[9] = {1u << 31, 1000, 200, 2, 30, 20, 4, 25, 4};
    for (int i = 0; i < 900; i++) {
        unsigned drawn[9]; /* in this order, which that of arguments is not */
        for (int n = 0; n < 9; n++)
            drawn[n] = draw(below[n]);
        double d = ldexp((double)drawn[0] / (1 + drawn[1]), (int)drawn[2] - 100);
        char format[32];
        sprintf(format, "%%%s%u.%u%c|%%.%uL%c\n", drawn[3] ? "-" : "+0", drawn[4], drawn[5],
                letters[drawn[6]], drawn[7], letters[drawn[8]]);
        printf(format, d, (long double)d / 3);
    }
    printf("%2$s %1$d %3$*1$ld|%4$p|%5$s\n", 7, "second", 8l, (void *)0, (char *)0);
}

static void long_doubles(void)
{
    for (int i = 1; i < 40; i++) {
        long double x = i / 8.0L;
        printf("%.12Lg %.12Lg %.12Lg %.12Lg %.12Lg %.12Lg %.12Lg\n", sinl(x), expl(x), logl(x),
               powl(x, x), tgammal(x), erfl(x), sqrtl(x));
        printf("%.14g %.14g %.14g %a\n", sin(x), exp((double)x), pow(x, 1.5),
               fma((double)x, (double)x, -1e-17));
    }
}

static void wide(void)
{
    wchar_t text[64], word[16];
    int n = 0;
    printf("%d ", swprintf(text, 64, L"%ls|%5d|%-4lc|%.2ls", L"\xe4\x20ac", 42, 0x1f600, L"abc"));
    printf("%ls\n", text);
    printf("%d ", swscanf(L"\x20ac\xe4 17 x", L"%15ls %d", word, &n));
    printf("%ls %d %zu\n", word, n, wcslen(word));
}

int main(void)
{
    print_numbers();
    read_numbers();
    long_doubles();
    setlocale(LC_ALL, "C.UTF-8");
    wide();
    regex_t r;
    regmatch_t m[2];
    int wrong = regcomp(&r, "a\\(b*\\)c", 0) || regexec(&r, "xxabbc", 2, m, 0);
    printf("%d %d %d\n", wrong, (int)m[1].rm_so, (int)m[1].rm_eo);
    return 0;
}
