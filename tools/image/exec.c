/* What Linux starts in place of an image that limpet-cc --runnable made: its ELF interpreter, which
 * has `limpet exec` run it. A program without a C library, as that would take the image's program
 * headers for its own.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>

#define PATH_BYTES 4096 /* PATH_MAX of Linux */
#define HEADERS    16   /* program headers that are looked at; an image has seven */
#define NOT_FOUND  127  /* as shells say that a program is not there */

static long call(long number, long a, long b, long c, long d)
{
    register long r10 __asm__("r10") = d;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
}

static size_t length(const char *s)
{
    size_t n = 0;

    while (s[n])
        n++;
    return n;
}

static void say(const char *text) { call(SYS_write, 2, (long)text, (long)length(text), 0); }

/* Writes the path of the tool: PREFIX/limpet, where the image names PREFIX/lib/limpet-exec as its
 * interpreter. Returns whether it does. */
static int find_tool(char tool[PATH_BYTES])
{
    struct {
        Elf64_Ehdr e;
        Elf64_Phdr p[HEADERS];
    } head;
    long fd = call(SYS_open, (long)"/proc/self/exe", O_RDONLY | O_CLOEXEC, 0, 0);
    static const char name[] = "limpet";
    long n = -1;

    if (call(SYS_pread64, fd, (long)&head, sizeof head, 0) < (long)sizeof head)
        return 0;
    for (int i = 0; i < head.e.e_phnum && i < HEADERS; i++)
        if (head.p[i].p_type == PT_INTERP && head.p[i].p_filesz < PATH_BYTES)
            n = call(SYS_pread64, fd, (long)tool, (long)head.p[i].p_filesz,
                     (long)head.p[i].p_offset);
    for (int slashes = 0; n > 0 && slashes < 2;)
        slashes += tool[--n] == '/';
    if (n < 0 || n + 1 + sizeof name > PATH_BYTES)
        return 0;
    for (size_t i = 0; i < sizeof name; i++)
        tool[(size_t)n + 1 + i] = name[i];
    return 1;
}

/* The kernel's stack: argc, argv, NULL, environment, NULL, auxiliary vector (System V ABI, AMD64,
 * 3.4.1). Two words of it are written over: argv[0] and argc make room for the tool's own. */
__attribute__((noreturn, used)) void begin(long *stack)
{
    long argc = stack[0];
    char **argv = (char **)(stack + 1), **environment = argv + argc + 1, **end = environment;
    char *words[3] = {"limpet", "exec", argc ? argv[0] : ""};
    char tool[PATH_BYTES];

    while (*end)
        end++;
    for (Elf64_auxv_t *aux = (Elf64_auxv_t *)(end + 1); aux->a_type != AT_NULL; aux++)
        if (aux->a_type == AT_EXECFN)
            words[2] = (char *)aux->a_un.a_val;
    if (find_tool(tool)) {
        char *arguments[argc + 3];

        for (int i = 0; i < 3; i++)
            arguments[i] = words[i];
        for (long i = 1; i <= argc; i++) /* with the NULL */
            arguments[i + 2] = argv[i];
        call(SYS_execve, (long)tool, (long)arguments, (long)environment, 0);
        say("limpet-exec: cannot start ");
        say(tool);
        say(", by which this image was to run here\n");
    } else {
        say("limpet-exec: this is the interpreter of images by limpet-cc --runnable, and no "
            "program "
            "of its own\n");
    }
    for (;;)
        call(SYS_exit_group, NOT_FOUND, 0, 0, 0);
}

__asm__(".globl _start\n_start: xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call begin\n");
