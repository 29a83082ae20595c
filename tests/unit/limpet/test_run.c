/* Host tool: one app on several platforms, here made-up ones.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "tools/status.h"
#include "cmd/run.h"

static enum offer here(struct buf *why)
{
    buf_str(why, "here");
    return OFFER_NATIVE;
}

static enum offer nowhere(struct buf *why)
{
    buf_str(why, "not built");
    return OFFER_NO;
}

/* A guest that says what it reads, and two lines, the last without its end, and ends so. */
static void guest(const struct vm_config *config, const struct vm_job *job,
                  const struct console_listener *listener, struct vm_result *result)
{
    char input[16];
    ssize_t n = read(job->stdin_fd, input, sizeof input);

    if (n > 0)
        listener->bytes(listener->ctx, input, (size_t)n);
    listener->bytes(listener->ctx, "one\ntw", 6);
    listener->bytes(listener->ctx, "o", 1);
    *result = (struct vm_result){.own = true,
                                 .status = (int)config->platform->variant,
                                 .text = xstrdup(""),
                                 .command_line = xstrdup("")};
}

static void killed(const struct vm_config *config, const struct vm_job *job,
                   const struct console_listener *listener, struct vm_result *result)
{
    guest(config, job, listener, result);
    interrupted = SIGINT;
}

static const struct platform good = {.name = "good", .probe = here, .run = guest};
static const struct platform bad = {.name = "bad", .probe = here, .run = guest, .variant = 7};
static const struct platform worse = {.name = "worse", .probe = here, .run = guest, .variant = 9};
static const struct platform none = {.name = "none", .probe = nowhere, .run = guest};
static const struct platform ctrl_c = {.name = "ctrl-c", .probe = here, .run = killed};

/* Runs "dir/app" on them with a standard input; compares what stands on stdout. */
static void run_case(const struct platform *const *list, int count, bool tap, int status,
                     const char *wanted)
{
    char *words[] = {"dir/app", NULL}, got[1000] = "";
    struct options o = {.platforms = "given", .tap = tap, .rest = words, .rest_count = 1};
    struct image image = {.path = "/dir/app"};
    int in = dup(STDIN_FILENO), out = dup(STDOUT_FILENO);
    FILE *input = tmpfile(), *output = tmpfile();

    assert_non_null(input);
    assert_non_null(output);
    fputs("in\n", input);
    rewind(input);
    fflush(stdout);
    dup2(fileno(input), STDIN_FILENO);
    dup2(fileno(output), STDOUT_FILENO);
    assert_int_equal(run_each(list, count, &image, &o), status);
    fflush(stdout);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    close(in);
    close(out);
    rewind(output);
    got[fread(got, 1, sizeof got - 1, output)] = '\0';
    assert_string_equal(got, wanted);
    fclose(input);
    fclose(output);
    interrupted = 0;
}

#define SAYS(p) p "in\n" p "one\n" p "two\n"

static void each(void **state)
{
    (void)state;
    run_case((const struct platform *[]){&good, &good}, 2, false, 0,
             SAYS("good | ") "good                0\n" SAYS("good | ") "good                0\n");
    run_case((const struct platform *[]){&bad, &good, &worse}, 3, false, 7,
             SAYS("bad | ") "bad                 7\n" SAYS(
                 "good | ") "good                0\n" SAYS("worse | ") "worse               9\n");
    run_case((const struct platform *[]){&good, &none}, 2, false, ST_START,
             SAYS("good | ") "good                0\nnone              121\n");
}

static void tap(void **state)
{
    (void)state;
    run_case((const struct platform *[]){&good, &bad}, 2, true, 7,
             "TAP version 13\n1..2\n" SAYS("# ") "ok 1 - app on good\n" SAYS(
                 "# ") "not ok 2 - app on bad, status 7\n");
    run_case((const struct platform *[]){&good}, 1, true, 0,
             "TAP version 13\n1..1\n" SAYS("# ") "ok 1 - app on good\n");
    run_case((const struct platform *[]){&ctrl_c, &good}, 2, true, 128 + SIGINT,
             "TAP version 13\n1..2\n# in\n# one\n# twoBail out! interrupted\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each),
        cmocka_unit_test(tap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
