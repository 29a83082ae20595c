/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mksym on a small program: the table that it writes is assembled, linked and read back. The
 * environment names the program (MKSYM), the compiler (CC) and a folder to work in (UNIT_TMP).
 */
#include "unit.h"
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Everything in one segment, as images are. */
#define LIKE_AN_IMAGE "-O1 -no-pie -fno-pie -static -nostdlib -Wl,-N,-e,main"

static char output[65536];

/* Runs a shell line; its status, and what it wrote in output. */
__attribute__((format(printf, 1, 2))) static int run(const char *format, ...)
{
    char line[4096];
    va_list args;
    va_start(args, format);
    int n = snprintf(line, sizeof line, "exec 2>&1; ");
    n += vsnprintf(line + n, sizeof line - (size_t)n, format, args);
    va_end(args);
    assert_in_range(n, 1, sizeof line - 1);
    FILE *p = popen(line, "r");
    assert_non_null(p);
    output[fread(output, 1, sizeof output - 1, p)] = '\0';
    int status = pclose(p);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void assert_runs(const char *line)
{
    if (run("%s", line) != 0)
        fail_msg("%s: %s", line, output);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* Three functions, one of them static, one with a second name; data and an absolute symbol. */
static const char program[] = "int data[3];\n"
                              "__asm__(\".globl absolute\\nabsolute = 77\");\n"
                              "int alpha(int x) { return x + data[1]; }\n"
                              "__attribute__((noinline, used)) static int gamma(void)\n"
                              "{ __asm__ volatile(\".globl a_label\\na_label:\"); return 5; }\n"
                              "int second(int x) __attribute__((alias(\"alpha\")));\n"
                              "int main(void) { return alpha(1) + gamma(); }\n";

/* Prints the table as mksym's reader in the kernel sees it. */
static const char reader[] = "#include <stdio.h>\n"
                             "#include \"base/symbols.h\"\n"
                             "int main(void)\n{\n"
                             "    printf(\"image %s\\n\", limpet_image_name);\n"
                             "    const char *name = limpet_symbol_names;\n"
                             "    for (uint32_t i = 0; i < limpet_symbol_count; i++)\n"
                             "        name += printf(\"%x %s\\n\", limpet_symbols[i], name) -\n"
                             "                snprintf(0, 0, \"%x \\n\", limpet_symbols[i]) + 1;\n"
                             "    return 0;\n}\n";

static int set_up(void **state)
{
    (void)state;
    if (getenv("MKSYM") == NULL || getenv("CC") == NULL || getenv("UNIT_TMP") == NULL ||
        chdir(getenv("UNIT_TMP")) != 0)
        return -1;
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* mksym leaves its memory to exit() */
    write_file("program.c", program);
    write_file("reader.c", reader);
    assert_runs("$CC " LIKE_AN_IMAGE " program.c -o program.elf");
    return 0;
}

/* The table of ELF (or "" for the empty one) as reader prints it, in output. */
static void read_table(const char *elf)
{
    assert_int_equal(run("\"$MKSYM\" some-name %s > table.S", elf), 0);
    assert_runs("$CC -no-pie -iquote \"$KERNEL\" reader.c table.S -o reader");
    assert_runs("./reader");
}

static void table(void **state)
{
    (void)state;
    read_table("program.elf");
    static char got[sizeof output];
    strcpy(got, output);
    assert_int_equal(strncmp(got, "image some-name\n", 16), 0);
    assert_non_null(strstr(got, " gamma\n"));
    assert_non_null(strstr(got, " main\n"));
    assert_true(strstr(got, " alpha\n") != NULL && strstr(got, " second\n") == NULL);
    assert_null(strstr(got, " data\n"));
    assert_null(strstr(got, " absolute\n"));
    assert_null(strstr(got, " a_label\n")); /* which is where gamma begins */
    unsigned long last = 0, lines = 0;
    for (char *line = strchr(got, '\n') + 1; *line != '\0'; line = strchr(line, '\n') + 1) {
        unsigned long address = strtoul(line, NULL, 16);
        assert_true(address > last); /* sorted, one name an address */
        last = address;
        lines++;
    }
    assert_true(lines >= 3);

    /* The same addresses as nm's. */
    static const char *const names[] = {"alpha", "gamma", "main"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char wanted[64];
        assert_int_equal(run("nm program.elf | sed -n 's/ [tT] %s$//p'", names[i]), 0);
        snprintf(wanted, sizeof wanted, "\n%lx %s\n", strtoul(output, NULL, 16), names[i]);
        assert_non_null(strstr(got, wanted));
    }
}

static void empty_table(void **state)
{
    (void)state;
    read_table("");
    assert_string_equal(output, "image some-name\n");
}

static void assert_refused(const char *file, const char *why)
{
    int status = run("\"$MKSYM\" x %s > /dev/null", file);
    if (status != 1 || strstr(output, why) == NULL || strstr(output, file) == NULL)
        fail_msg("%s: %d, %s", file, status, output);
}

static void not_elf(void **state)
{
    (void)state;
    assert_refused("program.c", "not an ELF64 file");
    write_file("short", "\177ELF");
    assert_refused("short", "not an ELF64 file");
    write_file("empty", "");
    assert_refused("empty", "cannot read it");
    assert_refused("missing", "No such file");
    assert_runs("cp program.elf elf32 && printf '\\1' | dd of=elf32 bs=1 seek=4 conv=notrunc");
    assert_refused("elf32", "not an ELF64 file");
}

static void stripped(void **state)
{
    (void)state;
    assert_runs("strip -o stripped program.elf");
    assert_refused("stripped", "no symbol table");
}

/* What the boot doors could not load as it is. */
static void layout(void **state)
{
    (void)state;
    write_file("note.S", ".section .note.Xen, \"a\", @note\n.long 4, 4, 18\n.asciz \"Xen\"\n"
                         ".long 0\n.section .note.GNU-stack, \"\", @progbits\n"); /* an image */
    assert_runs(
        "$CC -O1 -no-pie -fno-pie program.c note.S -o host.elf"); /* data at another offset */
    assert_refused("host.elf", "cannot be loaded");
    write_file("own.c", "__attribute__((section(\"own\"))) int a = 1;\n"
                        "int b = 2; int main(void) { return a + b; }\n");
    assert_runs("$CC " LIKE_AN_IMAGE " own.c note.S -o own.elf");
    assert_refused("own.elf", "sections of one's own");
    assert_non_null(strstr(output, "section own"));
}

/* Cut anywhere, the file is refused; the section headers are its end. */
static void truncated(void **state)
{
    (void)state;
    struct stat s;
    assert_int_equal(stat("program.elf", &s), 0);
    for (long n = s.st_size - 1; n >= 64; n -= n > s.st_size - 3 ? 1 : n / 5 + 1) {
        assert_int_equal(run("head -c %ld program.elf > cut", n), 0);
        assert_refused("cut", "outside the file");
    }
    assert_runs("head -c 63 program.elf > cut");
    assert_refused("cut", "not an ELF64 file");
}

/* Names that an assembler might obey come back as they are. */
static void quoted(void **state)
{
    (void)state;
    write_file("odd.S", ".text\n.globl \"na\\\"me .byte \\\\\"\n"
                        ".type \"na\\\"me .byte \\\\\", @function\n\"na\\\"me .byte \\\\\": ret\n"
                        ".globl main\n.type main, @function\nmain: ret\n"
                        ".section .note.GNU-stack, \"\", @progbits\n");
    assert_runs("$CC " LIKE_AN_IMAGE " odd.S -o odd.elf");
    assert_runs("\"$MKSYM\" 'an \"image\" \\ ä' odd.elf > table.S");
    assert_runs("$CC -no-pie -iquote \"$KERNEL\" reader.c table.S -o reader && ./reader");
    assert_non_null(strstr(output, "image an \"image\" \\ ä\n"));
    assert_non_null(strstr(output, " na\"me .byte \\\n"));
}

/* Bytes of the headers, changed: a table or a reason, and no broken rule (the sanitizers'). */
static void damaged(void **state)
{
    (void)state;
    write_file(
        "damage.sh",
        "n=$(stat -c %s program.elf)\n"
        "for at in $(seq 16 3 63) $(seq $((n - 1024)) 23 $((n - 1))); do\n"
        "    for byte in 001 377; do\n"
        "        cp program.elf damaged\n"
        "        printf \"\\\\$byte\" | dd of=damaged bs=1 seek=$at conv=notrunc 2> /dev/null\n"
        "        \"$MKSYM\" x damaged > /dev/null 2> why || grep -q '^mksym: damaged: ' why ||\n"
        "            { cat why; exit 1; }\n"
        "    done\ndone\n");
    assert_runs("sh damage.sh");
}

static void usage(void **state)
{
    (void)state;
    assert_int_equal(run("\"$MKSYM\""), 2);
    assert_non_null(strstr(output, "usage"));
    assert_int_equal(run("\"$MKSYM\" a b c"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),    cmocka_unit_test(empty_table), cmocka_unit_test(not_elf),
        cmocka_unit_test(stripped), cmocka_unit_test(truncated),   cmocka_unit_test(layout),
        cmocka_unit_test(quoted),   cmocka_unit_test(damaged),     cmocka_unit_test(usage),
    };
    return cmocka_run_group_tests_name("mksym", tests, set_up, 0);
}
