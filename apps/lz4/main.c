/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LZ4 as its own command measures it (lz4 -b): the data as one block, compressed by levels 1, 3 and
 * 9 and decompressed, loops of about a second, the fastest; what comes back has the hash of what
 * went in. The data are text, of words of our own at random, and noise.
 *
 * usage: lz4 [--json] [-q]
 */
#include "figures.h"
#include <stdio.h>
#include <string.h>
#ifdef LZ4_THERE
#include "../../tools/cost/marks.h"
#include <lz4.h>
#include <lz4hc.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <xxhash.h>

#define SIZE       (16u << 20) /* of the data; with -q SIZE_QUICK */
#define SIZE_QUICK (1u << 20)
#define LOOPS      10
#define QUICK      2
#define LOOP       1.0  /* seconds of a loop, but with -q: there it is one pass */
#define WORDS      2048 /* of the text */
#define WORD_MAX   12
#define SEED       2654435761u

static const int levels[] = {1, 3, 9};

static char *plain, *packed, *back;
static int size, packed_size, level;
static bool quick;

static uint32_t next_random(uint32_t *state) /* Marsaglia's xorshift */
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

static void make_noise(void)
{
    uint32_t random = SEED;
    for (int i = 0; i + 4 <= size; i += 4) {
        next_random(&random);
        memcpy(plain + i, &random, 4);
    }
}

/* Words of 2 to 12 letters; the lower of two numbers makes some much more frequent than others. */
static void make_text(void)
{
    static char words[WORDS][WORD_MAX + 2];
    uint32_t random = SEED;
    for (int w = 0; w < WORDS; w++) {
        uint32_t n = 2 + next_random(&random) % (WORD_MAX - 1);
        for (uint32_t i = 0; i < n; i++)
            words[w][i] = (char)('a' + next_random(&random) % 26);
        words[w][n] = next_random(&random) % 16 == 0 ? '\n' : ' ';
        words[w][n + 1] = '\0';
    }
    for (int at = 0; at < size;) {
        uint32_t a = next_random(&random) % WORDS, b = next_random(&random) % WORDS;
        const char *word = words[a < b ? a : b];
        for (int i = 0; word[i] != '\0' && at < size; i++)
            plain[at++] = word[i];
    }
}

static void compress(void)
{
    int room = LZ4_compressBound(size);
    packed_size = level < LZ4HC_CLEVEL_MIN ? LZ4_compress_fast(plain, packed, size, room, 1)
                                           : LZ4_compress_HC(plain, packed, size, room, level);
}

static void decompress(void)
{
    if (LZ4_decompress_safe(packed, back, packed_size, size) != size)
        memset(back, 0, (size_t)size);
}

/* Seconds of the fastest loop, a pass. */
static double fastest(void (*pass)(void), struct figure *f)
{
    double best = 1e9;
    f->sample_unit = "s";
    for (f->n = 0; f->n < (quick ? QUICK : LOOPS); f->n++) {
        double began = figure_clock(), took;
        unsigned passes = 0;
        MARK(MARK_BEGIN);
        do {
            pass();
            passes++;
            took = figure_clock() - began;
        } while (!quick && took < LOOP);
        MARK(MARK_END);
        f->samples[f->n] = took / passes;
        best = fmin(best, f->samples[f->n]);
    }
    return best;
}

static bool measure(const char *data, const char *what, void (*pass)(void))
{
    char name[48], note[48];
    struct figure f = {.name = name, .unit = "MB/s", .more = true, .note = note};
    snprintf(name, sizeof name, "%d MiB %s, level %d, %s", size >> 20, data, level, what);
    MARK(MARK_ROW);
    f.value = size / fastest(pass, &f) / 1e6;
    if (pass == compress)
        decompress();
    snprintf(note, sizeof note, "ratio %.3f", packed_size > 0 ? (double)size / packed_size : 0);
    if (packed_size <= 0 || XXH64(back, (size_t)size, 0) != XXH64(plain, (size_t)size, 0))
        f.invalid = "what comes back is not what went in";
    return figure_print("lz4", &f);
}

static bool measure_data(const char *data, void (*make)(void))
{
    bool right = true;
    make();
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        level = levels[i];
        memset(packed, 0, (size_t)LZ4_compressBound(size));
        memset(back, 0, (size_t)size);
        packed_size = 0;
        right &= measure(data, "compress", compress);
        memset(back, 0, (size_t)size);
        right &= measure(data, "decompress", decompress);
    }
    return right;
}

static int run(bool is_quick)
{
    quick = is_quick;
    size = quick ? SIZE_QUICK : SIZE;
    plain = malloc((size_t)size);
    packed = malloc((size_t)LZ4_compressBound(size));
    back = malloc((size_t)size);
    if (plain == NULL || packed == NULL || back == NULL) {
        printf("lz4: no memory: --mem 256\n");
        return 1;
    }
    bool right = measure_data("text", make_text);
    right &= measure_data("noise", make_noise);
    return !right;
}
#else
static int run(bool is_quick)
{
    (void)is_quick;
    figure_none("lz4", "built without LZ4's source: make suites, then make");
    return 0;
}
#endif

int main(int argc, char **argv) { return figures_main("lz4", argc, argv, run); }
