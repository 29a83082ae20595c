/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line taken apart: words, the kernel's options, the environment. */
#define UNIT_PANIC
#include "unit.h"
#include "base/environment.c"
#include "boot/args.c"
#include "boot/options.c"
#include "boot/info.c"
#include "boot/ranges.c"

const char limpet_image_name[] = "image";
struct region heap;
const char *tree_first_name;
uint32_t tree_archive;
uint64_t time_told;
bool input_terminal, output_terminal, input_framed, console_fast;

/* What line splits into, up to the first NULL. */
static void assert_words(const char *line, const char *const *words)
{
    char *copy = strdup(line), *got[16]; /* its own block: nothing beyond it is read */
    int n = args_split(copy, got, COUNT(got)), i = 0;
    for (; words[i] != NULL && i < n; i++)
        assert_string_equal(got[i], words[i]);
    if (n != i || words[i] != NULL)
        fail_msg("[%s] has %d words", line, n);
    free(copy);
}
#define WORDS(line, ...) assert_words(line, (const char *const[]){__VA_ARGS__, NULL})

static void words(void **state)
{
    (void)state;
    WORDS("", NULL);
    WORDS(" ", NULL);
    WORDS("     ", NULL);
    WORDS("a", "a");
    WORDS("a b", "a", "b");
    WORDS("   one    two   ", "one", "two");
    WORDS("tab\tis a\nletter", "tab\tis", "a\nletter");
}

static void quotes(void **state)
{
    (void)state;
    WORDS("\"a b\" c", "a b", "c");
    WORDS("\"\"", "");
    WORDS("\"\" \"\"", "", "");
    WORDS("a\"\"b", "ab");
    WORDS("a\" \"b", "a b");
    WORDS("x=\"1 2\"3 y", "x=1 23", "y");
    WORDS("\"no end", "no end");
    WORDS("\"", "");
    WORDS("a \"  ", "a", "  ");
    WORDS("'a b'", "'a", "b'");
}

static void backslashes(void **state)
{
    (void)state;
    WORDS("\\\"", "\"");
    WORDS("a\\ b", "a b");
    WORDS("\\\\", "\\");
    WORDS("\\n", "n");
    WORDS("end\\", "end\\");
    WORDS("\\", "\\");
    WORDS("\"a\\\"b\" c", "a\"b", "c");
    WORDS("\"a\\\\\" c", "a\\", "c");
    WORDS("\"end\\", "end\\");
    WORDS("\\ ", " ");
    WORDS("\\\\\\ a", "\\ a");
}

static void too_many_words(void **state)
{
    (void)state;
    char line[] = "a b \"c d\" e", *got[4] = {0, 0, line, line};
    assert_int_equal(args_split(line, got, 2), 4);
    assert_string_equal(got[0], "a");
    assert_string_equal(got[1], "b");
    assert_ptr_equal(got[2], line);
    assert_ptr_equal(got[3], line);
    char again[] = "a b";
    assert_int_equal(args_split(again, NULL, 0), 2);
}

/* Any words, quoted, come back as they were. */
static void round_trip(void **state)
{
    (void)state;
    static const char letters[] = "ab \"\\=-.";
    uint64_t seed = 3;
    for (int i = 0; i < 20000; i++) {
        char line[256], given[8][8], *got[8], *at = line;
        int n = (int)(next_random(&seed) % 9);
        for (int w = 0; w < n; w++) {
            size_t len = next_random(&seed) % 7;
            for (size_t c = 0; c < len; c++)
                given[w][c] = letters[next_random(&seed) % (sizeof letters - 1)];
            given[w][len] = '\0';
            *at++ = '"';
            for (const char *c = given[w]; *c != '\0'; *at++ = *c++)
                if (*c == '"' || *c == '\\')
                    *at++ = '\\';
            *at++ = '"';
            for (size_t k = next_random(&seed) % 3 + 1; k > 0; k--)
                *at++ = ' ';
        }
        *at = '\0';
        assert_int_equal(args_split(line, got, 8), n);
        for (int w = 0; w < n; w++)
            assert_string_equal(got[w], given[w]);
    }
}

static uint32_t door = BOOT_PVH;

static char *read_line(const char *line)
{
    static char copy[4096];
    memset(args_argv, 0, sizeof args_argv);
    line_is_shared = false;
    memset(args_env, 0, sizeof args_env);
    heap.shift = SHIFT_4K;
    heap.base = VM_HEAP;
    snprintf(copy, sizeof copy, "%s", line);
    args_read(&(struct boot_info){.protocol = door, .cmdline = copy});
    assert_string_equal(args_argv[0], "image");
    assert_null(args_argv[args_argc]);
    return args_argv[1];
}

static void options_and_environment(void **state)
{
    (void)state;
    assert_null(read_line(""));
    assert_int_equal(args_argc, 1);
    assert_string_equal(read_line("a \"b c\""), "a");
    assert_int_equal(args_argc, 3);
    assert_string_equal(args_argv[2], "b c");
    assert_true(heap.shift == SHIFT_4K && heap.base == VM_HEAP);

    assert_string_equal(read_line("limpet.heap=2m env.A=1 env.B=\"x y\" run limpet.heap=9"), "run");
    assert_int_equal(args_argc, 3);
    assert_string_equal(args_argv[2], "limpet.heap=9"); /* after the first word it is the app's */
    assert_string_equal(args_env[0], "A=1");
    assert_string_equal(args_env[1], "B=x y");
    assert_null(args_env[2]);
    assert_int_equal(heap.shift, SHIFT_2M);
    assert_true(heap.base % (1 << SHIFT_2M) == 0 && heap.base >= VM_HEAP);
    assert_true(heap.base - VM_HEAP < 1 << SHIFT_2M);

    assert_null(read_line("env.A= limpet.heap=4k"));
    assert_string_equal(args_env[0], "A=");
    assert_int_equal(heap.shift, SHIFT_4K);
}

static void streams_and_time(void **state)
{
    (void)state;
    read_line("limpet.tty=out limpet.input=framed limpet.time=4200000000.25");
    assert_true(!input_terminal && output_terminal && input_framed);
    assert_int_equal(time_told, 4200000000250000000);
    read_line("limpet.tty=both limpet.input=raw limpet.time=1");
    assert_true(input_terminal && output_terminal && !input_framed);
    assert_int_equal(time_told, 1000000000);
    read_line("limpet.tty=both limpet.tty=none"); /* the last word holds */
    assert_true(!input_terminal && !output_terminal);
}

static void module_name(void **state)
{
    (void)state;
    read_line("limpet.name=a%20b%2fc%");
    assert_string_equal(tree_first_name, "a b_c%");
    char line[300] = "limpet.name=";
    memset(line + 12, 'x', BOOT_NAME);
    read_line(line);
    assert_int_equal(strlen(tree_first_name), BOOT_NAME);
    line[12 + BOOT_NAME] = 'x';
    assert_panics(read_line(line), "no option limpet.name=xxx");
    assert_panics(read_line("limpet.name="), "no option limpet.name=");
}

static void two_dashes(void **state)
{
    (void)state;
    assert_null(read_line("--"));
    assert_int_equal(args_argc, 1);
    assert_string_equal(read_line("env.A=1 -- env.B=2 limpet.x"), "env.B=2");
    assert_int_equal(args_argc, 3);
    assert_string_equal(args_env[0], "A=1");
    assert_null(args_env[1]);
    assert_string_equal(read_line("-- --"), "--");
    assert_int_equal(args_argc, 2);
    assert_string_equal(read_line("a -- b"), "a");
    assert_int_equal(args_argc, 4);
}

/* A line in which a loader has words of its own. */
static void shared(void **state)
{
    (void)state;
    door = BOOT_LINUX;
    assert_null(read_line("BOOT_IMAGE=/x.bz"));
    assert_string_equal(read_line("BOOT_IMAGE=\"/a b.bz\" a \"b c\""), "a");
    assert_int_equal(args_argc, 3);
    assert_string_equal(args_argv[2], "b c");
    assert_string_equal(read_line("BOOT_IMAGE=/x env.A=1 a BOOT_IMAGE=y"), "a");
    assert_int_equal(args_argc, 3);
    assert_string_equal(args_env[0], "A=1");
    /* between theirs ours are found, up to the dashes */
    assert_string_equal(
        read_line("noapic env.A=1 root=/dev/vda limpet.heap=2m ro -- env.B=2 a -- b"), "env.B=2");
    assert_int_equal(args_argc, 5);
    assert_string_equal(args_argv[3], "--");
    assert_string_equal(args_env[0], "A=1");
    assert_null(args_env[1]);
    assert_int_equal(heap.shift, SHIFT_2M);
    assert_null(read_line("root=/dev/vda --"));
    assert_string_equal(read_line("-- -- a"), "--");
    assert_string_equal(read_line("a limpet.x"), "a"); /* no dashes: all are arguments */
    assert_int_equal(args_argc, 3);
    assert_panics(read_line("a limpet.x --"), "no option limpet.x");
    assert_string_equal(read_line("a BOOT_IMAGE=x b env.C=1 -- c"), "c");
    assert_string_equal(args_env[0], "C=1");
    door = BOOT_PVH;
    assert_string_equal(read_line("BOOT_IMAGE=x a -- b"), "BOOT_IMAGE=x");
    assert_string_equal(read_line("limpet.line=shared pci=off -- b"), "b");
    assert_true(line_is_shared);
    assert_string_equal(read_line("limpet.line=own pci=off -- b"), "pci=off");
    assert_string_equal(read_line("panic=-1 tty limpet.line=shared limpet.tty=none -- b"), "b");
    assert_string_equal(read_line("panic=-1 limpet.line=own -- limpet.line=shared"), "panic=-1");
    assert_string_equal(read_line("a limpet.line=shared b BOOT_IMAGE=x c -- d"), "d");
    assert_string_equal(read_line("limpet.line=shared BOOT_IMAGE=x BOOT_IMAGE=y c d"), "c");
    assert_int_equal(args_argc, 3);
}

static void repeat(char *line, const char *word, int n)
{
    for (*line = '\0'; n > 0; n--)
        strcat(line, word);
}

static void limits(void **state)
{
    (void)state;
    char line[4096];
    repeat(line, "w ", ARGS_MAX);
    assert_string_equal(read_line(line), "w");
    assert_int_equal(args_argc, ARGS_MAX + 1);
    repeat(line, "w ", ARGS_MAX + 1);
    assert_panics(read_line(line), "129 words");
    repeat(line, "env.X=1 ", ENV_MAX);
    assert_null(read_line(line));
    assert_non_null(args_env[ENV_MAX - 1]);
    assert_null(args_env[ENV_MAX]);
    repeat(line, "env.X=1 ", ENV_MAX + 1);
    assert_panics(read_line(line), "32 environment variables");
    assert_panics(read_line("limpet.heap=3m"), "no option limpet.heap=3m");
    assert_panics(read_line("limpet."), "no option limpet.");
    assert_panics(read_line("limpet.time=1.x"), "no option limpet.time=1.x");
    assert_panics(read_line("limpet.time=99999999999"), "no option limpet.time");
    assert_panics(read_line("limpet.tty=yes"), "limpet.tty=none|in|out|both");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(quotes),
        cmocka_unit_test(backslashes),
        cmocka_unit_test(too_many_words),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(options_and_environment),
        cmocka_unit_test(module_name),
        cmocka_unit_test(two_dashes),
        cmocka_unit_test(shared),
        cmocka_unit_test(limits),
        cmocka_unit_test(streams_and_time),
    };
    return cmocka_run_group_tests_name("args", tests, 0, 0);
}
