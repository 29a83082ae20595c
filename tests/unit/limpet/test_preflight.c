/* Host tool: what is refused before anything starts.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "kernel/base/environment.h"
#include "kernel/boot/args.h"
#include "kernel/boot/info.h"
#include "cmd/preflight.h"
#include "base/quote.h"

_Static_assert(GUEST_LINE_MAX < BOOT_STRINGS, "the kernel keeps every line that is not refused");

/* The line of so many words of so many letters each, with so many variables. */
static char *line_of(size_t words, size_t letters, size_t variables)
{
    struct args argv = {0}, env = {0}, kernel = {0};
    struct buf line = {0};
    char *word = xasprintf("%0*d", (int)letters, 0);

    for (size_t i = 0; i < words; i++)
        args_add(&argv, word);
    for (size_t i = 0; i < variables; i++)
        args_addf(&env, "V%zu=env.x", i);
    buf_str(&line, "");
    quote_guest_line(&line, &kernel, &env, argv.v, argv.n);
    args_free(&argv);
    args_free(&env);
    free(word);
    return line.data;
}

static void expect_line(char *line, const char *trouble)
{
    char *why = line_trouble(line);

    if (!trouble && why)
        fail_msg("refused: %s", why);
    if (trouble)
        assert_non_null(why && strstr(why, trouble) ? why : NULL);
    free(why);
    free(line);
}

static void lines(void **state)
{
    (void)state;
    expect_line(line_of(0, 0, 0), NULL);
    expect_line(line_of(1, GUEST_LINE_MAX - 3, 0), NULL); /* "-- " comes before it */
    expect_line(line_of(1, GUEST_LINE_MAX - 2, 0), "bytes");
    expect_line(line_of(ARGS_MAX - 1, 1, 0), NULL);
    expect_line(line_of(ARGS_MAX, 1, 0), "words");
    expect_line(line_of(1, 1, ENV_MAX), NULL);
    expect_line(line_of(1, 1, ENV_MAX + 1), "variables");
    expect_line(xstrdup("-- env.A=1"), NULL);
}

static void modules(void **state)
{
    char *dir = xasprintf("/tmp/limpet-test-XXXXXX"), *file, *with, *why;
    FILE *f;

    (void)state;
    assert_non_null(mkdtemp(dir));
    file = xasprintf("%s/module", dir);
    with = xasprintf("%s a=b", file);
    why = module_trouble(file);
    assert_non_null(strstr(why, "No such file"));
    free(why);
    f = fopen(file, "w");
    why = module_trouble(with);
    assert_non_null(strstr(why, "empty"));
    free(why);
    fputc('x', f);
    fclose(f);
    assert_null(module_trouble(file));
    assert_null(module_trouble(with));
    why = module_trouble(dir);
    assert_non_null(strstr(why, "is a directory"));
    free(why);
    unlink(file);
    rmdir(dir);
    free(with);
    free(file);
    free(dir);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(modules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
