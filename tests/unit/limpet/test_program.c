/* Host tool: the VMMs of others: how each is asked, how an end is judged, and both together with
 * fakes (tests/fakes), which test the tool and nothing of a VMM.
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
#include "base/file.h"
#include "base/quote.h"
#include "tools/status.h"
#include "vm/judge.h"
#include "vm/program.h"

#define LINE "limpet.tty=none -- a \"b c\""

static const struct program_guest usual = {
    .version = "1.16.1", .cpus = 2, .mem_mib = 256, .line = LINE, .module = NULL};

static void arguments_are(const struct program *p, const struct program_guest *guest,
                          const char *wanted)
{
    struct args args = {0};
    struct buf line = {0};

    p->arguments(guest, &args);
    quote_shell_all(&line, args.v, args.n);
    assert_string_equal(line.data, wanted);
    args_free(&args);
    buf_free(&line);
}

static void config_is(const struct program_guest *guest, const char *wanted)
{
    char *text = firecracker.config(guest);

    assert_string_equal(text, wanted);
    free(text);
}

static void asked(void **state)
{
    struct program_guest with = usual, plain = usual;

    (void)state;
    with.module = PROGRAM_MODULE;
    plain.line = "";
    plain.version = "1.12.0";
    arguments_are(&firecracker, &usual,
                  "firecracker --no-api --config-file config.json --log-path log --level Error "
                  "--enable-pci");
    arguments_are(&firecracker, &plain,
                  "firecracker --no-api --config-file config.json --log-path log --level Error");
    config_is(&with, "{\n  \"boot-source\": {\n    \"kernel_image_path\": \"image\",\n"
                     "    \"boot_args\": \"limpet.tty=none -- a \\\"b c\\\"\",\n"
                     "    \"initrd_path\": \"module\"\n  },\n  \"machine-config\": {\n"
                     "    \"vcpu_count\": 2,\n    \"mem_size_mib\": 256\n  },\n"
                     "  \"drives\": []\n}\n");
    config_is(&plain, "{\n  \"boot-source\": {\n    \"kernel_image_path\": \"image\",\n"
                      "    \"boot_args\": \"--\"\n  },\n  \"machine-config\": {\n"
                      "    \"vcpu_count\": 2,\n    \"mem_size_mib\": 256\n  },\n"
                      "  \"drives\": []\n}\n");
    arguments_are(&cloud_hypervisor, &with,
                  "cloud-hypervisor --event-monitor=fd=3 --cpus=boot=2 --memory=size=256M "
                  "--serial=tty --console=off --kernel=image --initramfs=module "
                  "'--cmdline=limpet.tty=none -- a \"b c\"'");
    arguments_are(&crosvm, &usual,
                  "crosvm run --disable-sandbox --mem 256 --cpus 2 --serial "
                  "type=stdout,hardware=serial,num=1,console=true,stdin=true --params "
                  "'limpet.line=shared limpet.tty=none -- a \"b c\"' image");
    arguments_are(&kvmtool, &with,
                  "env HOME=. lkvm run --nodefaults --name=limpet --network=mode=none "
                  "--console=serial --cpus=2 --mem=256 --kernel=image --initrd=module "
                  "'--params=limpet.tty=none -- a \"b c\"'");
    plain.line = "limpet.tty=none";
    arguments_are(&crosvm, &plain,
                  "crosvm run --disable-sandbox --mem 256 --cpus 2 --serial "
                  "type=stdout,hardware=serial,num=1,console=true,stdin=true --params "
                  "'limpet.line=shared limpet.tty=none --' image");
}

static void version_is(const struct program *p, const char *said, const char *wanted)
{
    char *version = program_version(p, said);

    assert_string_equal(version, wanted);
    free(version);
}

static void versions(void **state)
{
    (void)state;
    version_is(&firecracker, "Firecracker v1.12.0\n\n", "1.12.0");
    version_is(&firecracker, "", "");
    version_is(&cloud_hypervisor, "cloud-hypervisor v53.0-12-gae44c29\nMigration: 1\n",
               "53.0-12-gae44c29");
    version_is(&crosvm, "crosvm 0.1.0-3fe\n", "0.1.0-3fe");
    version_is(&kvmtool, "kvm tool 3.18.0\n", "3.18.0");
    assert_true(program_version_is("1.12.0", 1, 12));
    assert_true(program_version_is("1.13.0-dev", 1, 12));
    assert_true(program_version_is("2.0", 1, 12));
    assert_false(program_version_is("1.9.1", 1, 12));
    assert_false(program_version_is("", 1, 12));
    assert_null(firecracker.refuse("1.12.0", "pvh"));
    assert_non_null(firecracker.refuse("1.11.3", "pvh"));
    assert_null(firecracker.refuse("1.17.0-dev", "bz64"));
    assert_non_null(firecracker.refuse("1.16.1", "bz64"));
}

static void line_trouble_is(const struct program *p, const char *line, const char *wanted)
{
    char *why = program_line_trouble(p, line);

    if (!wanted)
        assert_null(why);
    else
        assert_non_null(strstr(why, wanted));
    free(why);
}

static void lines(void **state)
{
    char line[2050];

    (void)state;
    memset(line, 'x', sizeof line);
    line[2047] = '\0';
    line_trouble_is(&firecracker, line, NULL);
    line[2047] = 'x';
    line[2048] = '\0';
    line_trouble_is(&firecracker, line, "has 2048 bytes; Firecracker takes 2047 at most");
    line_trouble_is(&cloud_hypervisor, line, NULL);
    line_trouble_is(&kvmtool, "", NULL);
    line_trouble_is(&crosvm, "-- \xc3\xa4", "byte 4 of it is 0xc3");
    line_trouble_is(&crosvm, "a\tb", "byte 2 of it is 0x09");
}

/* Where the fakes are found; their note, and a made-up image. */
static char note[200], image[200];

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static int find_fakes(void **state)
{
    const char *dir = getenv("UNIT_TMP");
    char *path = xasprintf("%s/tests/fakes:%s", getenv("PWD"), getenv("PATH")), *bz;

    (void)state;
    snprintf(note, sizeof note, "%s/note", dir ? dir : "/tmp");
    snprintf(image, sizeof image, "%s/fake.elf", dir ? dir : "/tmp");
    bz = xasprintf("%.*s.bz", (int)strlen(image) - 4, image);
    write_file(image, "an image");
    write_file(bz, "its wrapping");
    setenv("PATH", path, 1);
    setenv("FAKE_NOTE", note, 1);
    free(bz);
    free(path);
    return 0;
}

static void collect(void *ctx, const char *data, size_t n) { buf_add(ctx, data, n); }

/* One run of a fake that plays. Returns what it showed; the caller's. */
static char *play_with(const struct platform *p, const char *play, struct vm_config config,
                       struct vm_job job, struct vm_result *r)
{
    struct buf shown = {0};
    struct console_listener listener = {.ctx = &shown, .bytes = collect};

    unlink(note);
    setenv("FAKE_PLAY", play, 1);
    config.platform = p;
    job.image = image;
    buf_str(&shown, "");
    p->run(&config, &job, &listener, r);
    return shown.data;
}

static void play(const struct platform *p, const char *what, int status, bool own, const char *text)
{
    struct vm_config config = {.smp = 2, .timeout_s = strcmp(what, "hang") ? 0 : 0.2};
    struct vm_job job = {.line = LINE, .stdin_fd = -1};
    struct vm_result r;
    char *shown = play_with(p, what, config, job, &r);

    if (r.status != status || r.own != own || !strstr(r.text, text))
        fail_msg("%s, %s: status %d, own %d: %s\n%s", p->name, what, r.status, r.own, r.text,
                 shown);
    free(shown);
    vm_result_free(&r);
}

static const struct platform *find(const char *name)
{
    const struct platform *p = platform_find(name);

    assert_non_null(p);
    return p;
}

static const char *const names[] = {"firecracker", "cloud-hypervisor", "crosvm", "kvmtool"};
#define NAMES (sizeof names / sizeof *names)

static void arrives(void **state)
{
    static const char *const taken[NAMES] = {
        "cpus 2 mem 512\nline " LINE "\n", "cpus 2 mem 512\nline " LINE "\n",
        "cpus 2 mem 512\nline panic=-1 console=ttyS0 limpet.line=shared " LINE "\n",
        "cpus 2 mem 512\nline " LINE "\n"};

    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        struct vm_config config = {.smp = 2};
        struct vm_job job = {.line = LINE, .stdin_fd = -1};
        struct vm_result r;
        char *shown = play_with(find(names[i]), "end", config, job, &r), *noted;
        size_t n;

        assert_true(r.own);
        assert_int_equal(r.status, 7);
        assert_non_null(strstr(shown, "Hello from a fake\r\n"));
        assert_null(strstr(shown, "LIMPET: exit"));
        assert_true(r.first_byte_s > 0 && r.end_s >= r.last_line_s);
        assert_non_null(strstr(r.command_line, strcmp(names[i], "kvmtool") ? names[i] : "lkvm"));
        assert_true(*facts_text(r.facts, "vmm_version") != '\0');
        noted = file_read(note, 10000, &n);
        assert_string_equal(noted, taken[i]);
        free(noted);
        free(shown);
        vm_result_free(&r);
    }
}

/* As the VMM ends when its guest resets the machine by the keyboard controller. */
static void resets(void **state)
{
    (void)state;
    setenv("FAKE_END", "reset", 1);
    for (size_t i = 0; i < NAMES; i++)
        play(find(names[i]), "end", 7, true, "");
    play(find("cloud-hypervisor"), "crash", ST_RESET, false, "triple fault, most likely");
    unsetenv("FAKE_END");
}

static void fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        const struct platform *p = find(names[i]);
        bool tells = !strcmp(names[i], "cloud-hypervisor") || !strcmp(names[i], "crosvm");

        play(p, "hang", ST_HANG, false, "did not end in time (0.2 s)");
        play(p, "silent", ST_NO_LAST_LINE, false, "without the guest's last line");
        play(p, "crash", tells ? ST_RESET : ST_NO_LAST_LINE, false,
             tells ? "reset the machine" : "does not tell a triple fault from an end");
        play(p, "panic", ST_PANIC, false, "the tests want it");
        play(p, "garbage", ST_NO_LAST_LINE, false, "without the guest's last line");
        play(p, "signal", ST_SIGNAL, false, "was killed by signal 11");
        play(p, "refuse", ST_START, false, "could not start the guest, with status");
        play(p, "refuse", ST_START, false, "the host said no");
        if (!strcmp(names[i], "kvmtool"))
            play(p, "panicked", ST_START, false, "gave up and stopped the guest");
        play(p, "late", ST_NO_LAST_LINE, false, "but ");
    }
    play(find("kvmtool"), "linger", 3, true, "");
}

/* The whole frame, and what kvmtool keeps for itself twice. */
static void input(void **state)
{
    static const char bytes[] = "a\x01\x10\r\n";

    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        bool keeps = !strcmp(names[i], "kvmtool");
        struct vm_config config = {.smp = 1};
        struct vm_job job = {.line = "", .framed = true};
        struct vm_result r;
        char *shown;
        int ends[2];

        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], bytes, sizeof bytes - 1), sizeof bytes - 1);
        close(ends[1]);
        job.stdin_fd = ends[0];
        shown = play_with(find(names[i]), "input", config, job, &r);
        if (!r.own || r.status)
            fail_msg("%s: %s\n%s", names[i], r.text, shown);
        assert_non_null(strstr(shown, keeps ? "0000000000000010026101011010"
                                              "0d0a1003"
                                            : "input 00000000100261011010"
                                              "0d0a1003"));
        close(ends[0]);
        free(shown);
        vm_result_free(&r);
    }
}

static void refuses(void **state)
{
    struct args one = {0}, two = {0}, with = {0};
    struct vm_config config = {.platform = find("firecracker")};

    (void)state;
    args_add(&one, image);
    args_add(&two, image);
    args_add(&two, image);
    args_addf(&with, "%s argument", image);
    assert_null(program_refuse(&config, NULL));
    assert_null(program_refuse(&config, &one));
    assert_non_null(strstr(program_refuse(&config, &two), "one, as an initrd"));
    assert_non_null(strstr(program_refuse(&config, &with), "without arguments"));
    config.smp = 33;
    assert_non_null(strstr(program_refuse(&config, NULL), "32 at most"));
    config.platform = find("cloud-hypervisor");
    assert_null(program_refuse(&config, NULL));
    config.platform = find("crosvm");
    assert_non_null(strstr(program_refuse(&config, &one), "none"));
    config.machine = "q35";
    assert_non_null(strstr(program_refuse(&config, NULL), "--machine"));
    args_free(&one);
    args_free(&two);
    args_free(&with);
    play(find("firecracker"), "end", 7, true, "");
    setenv("FAKE_VERSION", "1.11.0", 1);
    play(find("firecracker"), "end", ST_START, false, "from version 1.12 on");
    setenv("FAKE_VERSION", "1.12.0", 1);
    play(find("firecracker"), "end", 7, true, "");
    unsetenv("FAKE_VERSION");
}

/* Without their programs they are none of all platforms; with them, where there is KVM too. */
static void all(void **state)
{
    const struct platform *list[PLATFORMS_MAX];
    char *path = xstrdup(getenv("PATH"));
    int without, n;
    struct buf why = {0};

    (void)state;
    assert_non_null(kvmtool.tried);
    setenv("PATH", "/nowhere", 1);
    without = platform_list("all", list, PLATFORMS_MAX);
    for (int i = 0; i < without; i++)
        assert_null(list[i]->program);
    assert_int_equal(find("crosvm")->probe(&why), OFFER_NO);
    assert_non_null(strstr(why.data, "crosvm"));
    setenv("PATH", path, 1);
    n = platform_every(list);
    assert_in_range(n, without + (int)NAMES, PLATFORMS_MAX); /* some need other programs */
    for (int i = 0, at = 0; i < (int)NAMES; i++, at++) {     /* one behind the other */
        while (i == 0 && at < n && strcmp(list[at]->name, names[0]) != 0)
            at++;
        assert_true(at < n);
        assert_string_equal(list[at]->name, names[i]);
    }
    assert_int_equal(platform_list("crosvm,qemu", list, PLATFORMS_MAX), 2);
    assert_false(program_is_static("tests/fakes/crosvm"));
    assert_false(program_is_static("/nowhere"));
    assert_false(program_is_static("/bin/sh"));
    buf_free(&why);
    free(path);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(asked),   cmocka_unit_test(versions), cmocka_unit_test(lines),
        cmocka_unit_test(arrives), cmocka_unit_test(resets),   cmocka_unit_test(fails),
        cmocka_unit_test(input),   cmocka_unit_test(refuses),  cmocka_unit_test(all),
    };

    return cmocka_run_group_tests(tests, find_fakes, NULL);
}
