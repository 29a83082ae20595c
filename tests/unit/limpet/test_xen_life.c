/* Host tool: whole lives of Xen domains, with commands that only play Xen.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "tools/status.h"
#include "vm/platforms.h"
#include "base/proc.h"
#include "vm/xen/domain.h"
#include "play_xenstored.h"

/* A folder with commands that play Xen: the domain 7, whose console is a FIFO. In it, "words" is
 * what the guest says and "reason" how it ends (none: it never does). */
static char *stage;
static pid_t xenstored;

static void put(const char *name, const char *text)
{
    char *path = xasprintf("%s/%s", stage, name);
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    chmod(path, 0755);
    free(path);
}

static bool is_there(const char *name)
{
    char *path = xasprintf("%s/%s", stage, name);
    bool there = !access(path, F_OK);

    free(path);
    return there;
}

static int set_stage(void **state)
{
    char *path;

    (void)state;
    if (!stage)
        cleanup_init();
    stage = cleanup_tmpdir();
    path = xasprintf("%s/tty", stage);
    assert_int_equal(mkfifo(path, 0600), 0);
    free(path);
    path = xasprintf("%s:%s", stage, "/usr/bin:/bin");
    setenv("PATH", path, 1);
    setenv("STAGE", stage, 1);
    free(path);
    put("xl", "#!/bin/sh\n"
              "echo \"$*\" >> $STAGE/asked\n"
              "case $1 in\n"
              "create) [ -f $STAGE/refuse ] && { echo 'libxl: no' >&2; exit 3; }\n"
              "    shift $(($# - 1)); cp $1 $STAGE/created ;;\n"
              "unpause) (cat $STAGE/words > $STAGE/tty; sleep 0.1; mv $STAGE/reason $STAGE/down) "
              "> /dev/null 2>&1 & ;;\n"
              "list) echo head; [ ! -f $STAGE/created ] || {\n"
              "    uuid=$(sed -n 's/^uuid=\"\\(.*\\)\"/\\1/p' $STAGE/created)\n"
              "    if [ -f $STAGE/down ]; then echo n 7 1 1 ---s-- 0.1 $uuid $(cat $STAGE/down)\n"
              "    else echo n 7 1 1 r----- 0.1 $uuid -; fi; } ;;\n"
              "info) echo 'free_memory            : 100' ;;\n"
              "destroy) [ $2 = 7 ] && rm $STAGE/created ;;\n"
              "esac\n");
    xenstored = play_xenstored(stage, ANSWERS);
    put("words", "");
    return 0;
}

static int clear_stage(void **state)
{
    (void)state;
    end_xenstored(xenstored);
    cleanup_remove(stage);
    free(stage);
    return 0;
}

/* The value that the played xenstored has of a node; caller frees. */
static char *stored(const char *path)
{
    struct xen_store store;
    char *value;

    assert_null(xen_store_open(&store));
    value = xen_store_read(&store, path);
    xen_store_close(&store);
    return value;
}

static void keep(void *ctx, const char *data, size_t n) { buf_add(ctx, data, n); }

/* Runs a guest. Returns what it ended with; its console must be as told. */
static struct vm_result live(const char *platform, double timeout_s, const char *console)
{
    struct buf out = {0};
    struct vm_config c = {.platform = platform_find(platform), .timeout_s = timeout_s};
    struct vm_job job = {.image = "/a/hello.elf", .line = "-- a", .stdin_fd = -1};
    struct console_listener listener = {.ctx = &out, .bytes = keep};
    struct vm_result r;

    c.platform->run(&c, &job, &listener, &r);
    buf_str(&out, "");
    assert_string_equal(out.data, console);
    assert_false(is_there("created"));
    buf_free(&out);
    return r;
}

static void expect_end(const char *platform, double timeout_s, const char *console, int status)
{
    struct xen_store store;
    struct args left = {0};
    struct vm_result r = live(platform, timeout_s, console);

    assert_int_equal(r.status, status);
    assert_false(r.clock.known);
    vm_result_free(&r);
    assert_null(xen_store_open(&store));
    assert_true(xen_store_list(&store, "/tool", &left));
    assert_int_equal(left.n, 0);
    xen_store_close(&store);
}

static bool real_xen(void)
{
    char *version = xen_version(true);

    free(version);
    return version != NULL;
}

static void lives(void **state)
{
    (void)state;
    if (real_xen())
        skip();
    put("words", "hello\nLIMPET: exit 3\n");
    put("reason", "0");
    expect_end("xen-pvh", 20, "hello\n", 3);
    assert_null(stored("/local/domain/7/data/limpet/arguments"));
}

static void life_with_arguments(void **state)
{
    char *line;

    (void)state;
    if (real_xen())
        skip();
    put("words", "LIMPET: panic: why\n");
    put("reason", "3");
    expect_end("xen-hvm", 20, "LIMPET: panic: why\n", ST_PANIC);
    line = stored("/local/domain/7/data/limpet/arguments");
    assert_string_equal(line, "-- a");
    free(line);
}

static void short_lives(void **state)
{
    (void)state;
    if (real_xen())
        skip();
    put("words", "hel");
    put("reason", "1");
    expect_end("xen-pvh", 20, "hel", ST_RESET);
}

static void endless_life(void **state)
{
    (void)state;
    if (real_xen())
        skip();
    put("words", "still here\n");
    expect_end("xen-pvh", 1, "still here\n", ST_HANG);
}

static void no_life(void **state)
{
    struct vm_result r;

    (void)state;
    if (real_xen())
        skip();
    put("refuse", "");
    r = live("xen-pvh", 20, "");
    assert_int_equal(r.status, ST_START);
    assert_ptr_equal(strstr(r.text, "domain build: Xen has 100 MiB of memory free"), r.text);
    assert_non_null(strstr(r.text, "libxl: no")); /* after ours */
    vm_result_free(&r);
}

/* Without an answer from xenstored nobody calls xl, which would wait for ever. */
static void no_xenstored(void **state)
{
    static const char *const words[] = {"xenstored does not answer", "xenstored does not answer",
                                        "xenstored does not run"};
    double began;

    (void)state;
    if (real_xen())
        skip();
    for (int manner = IS_MUTE; manner <= TALKS_NONSENSE + 1; manner++) {
        struct vm_result r;

        end_xenstored(xenstored);
        xenstored = play_xenstored(stage, manner <= TALKS_NONSENSE ? (enum manner)manner : ANSWERS);
        if (manner > TALKS_NONSENSE)
            end_xenstored(xenstored);
        began = now_s();
        r = live("xen-pvh", 20, "");
        assert_true(now_s() - began < 20);
        assert_int_equal(r.status, ST_START);
        assert_non_null(strstr(r.text, words[manner - IS_MUTE]));
        assert_false(is_there("asked"));
        vm_result_free(&r);
    }
}

/* xenconsoled brings nothing, but xenstore has the status. */
static void life_unheard(void **state)
{
    struct xen_store store;

    (void)state;
    if (real_xen())
        skip();
    assert_null(xen_store_open(&store));
    assert_true(xen_store_write(&store, "/local/domain/7/data/limpet/status", "5"));
    xen_store_close(&store);
    put("words", "");
    put("reason", "0");
    expect_end("xen-pvh", 20, "", 5);
}

/* Enters a domain of an owner, and has it made. */
static void leave_domain(const char *owner)
{
    struct xen_store store;

    put("created", "uuid=\"11111111-2222-3333-4444-555555555555\"\n");
    assert_null(xen_store_open(&store));
    assert_true(
        xen_store_write(&store, "/tool/limpet-11111111-2222-3333-4444-555555555555", owner));
    xen_store_close(&store);
}

static void clear_leftovers(void)
{
    struct xen_host host;

    assert_null(xen_host_open(&host));
    xen_clear_leftovers(&host);
    xen_host_close(&host);
}

/* A domain is ended when its owner has ended for certain, and only then. */
static void leftovers(void **state)
{
    char space[64] = "", *entry;
    unsigned long long start = proc_start_time(getpid());
    static const struct {
        const char *space; /* NULL: ours */
        bool pid, start, ended;
    } cases[] = {
        {NULL, true, true, false},       /* ours */
        {"pid:[1]", false, true, false}, /* in some container */
        {NULL, true, false, true},       /* the number came again */
        {NULL, false, true, true},       /* there is no such process */
        {"nonsense", true, true, false}, /* not of our making */
    };

    (void)state;
    if (real_xen())
        skip();
    assert_true(readlink("/proc/self/ns/pid", space, sizeof space - 1) > 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        entry = xasprintf("%s %d %llu limpet-x", cases[i].space ? cases[i].space : space,
                          cases[i].pid ? getpid() : 0x7ffffff0, start + !cases[i].start);
        leave_domain(entry);
        clear_leftovers();
        assert_int_equal(is_there("created"), !cases[i].ended);
        free(entry);
        entry = stored("/tool/limpet-11111111-2222-3333-4444-555555555555");
        assert_int_equal(entry != NULL, !cases[i].ended);
        free(entry);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lives, set_stage, clear_stage),
        cmocka_unit_test_setup_teardown(life_with_arguments, set_stage, clear_stage),
        cmocka_unit_test_setup_teardown(short_lives, set_stage, clear_stage),
        cmocka_unit_test_setup_teardown(endless_life, set_stage, clear_stage),
        cmocka_unit_test_setup_teardown(no_life, set_stage, clear_stage),
        cmocka_unit_test_setup_teardown(no_xenstored, set_stage, clear_stage),
        cmocka_unit_test_setup_teardown(life_unheard, set_stage, clear_stage),
        cmocka_unit_test_setup_teardown(leftovers, set_stage, clear_stage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
