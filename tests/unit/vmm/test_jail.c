/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet-vmm's jail: what is left is allowed, what is not ends the process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* tools/vmm has its own */

#include "../../tools/vmm/jail.c"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/wait.h>

static const char from[] = "/nonexistent/from", to[] = "/nonexistent/to";

void fail(int status, const char *format, ...)
{
    (void)format;
    _exit(status);
}

static void nothing(void) {}
static void write_nothing(void) { (void)!write(STDOUT_FILENO, "", 0); }
static void run_vcpu(void) { ioctl(-1, KVM_RUN, 0); }
static void change_registers(void) { ioctl(-1, KVM_SET_REGS, 0); }
static void signal_self(void) { syscall(SYS_tgkill, getpid(), getpid(), 0); }
static void set_timer(void) { setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL); }
static void rename_it(void) { rename(from, to); }

static void parent(void) { getppid(); }
static void open_file(void) { (void)!open("/dev/null", O_RDONLY); }
static void new_machine(void) { ioctl(-1, KVM_CREATE_VM, 0); }
static void signal_init(void) { syscall(SYS_tgkill, 1, 1, 0); }
static void rename_other(void) { rename(from, "/nonexistent/other"); }
static void rename_from_other(void) { rename(to, to); }
static void map_memory(void) { syscall(SYS_mprotect, 0, 0, 0); }

/* A thread that was there before: told to go on by a byte, as it may not wait otherwise. */
static int go[2];
static void *other_thread(void *unused)
{
    char byte;
    if (read(go[0], &byte, 1) == 1)
        getppid();
    return unused;
}
static void in_other_thread(void)
{
    (void)!write(go[1], "", 1);
    for (;;)
        pause();
}

static bool debugged;

/* How a process ends that does this in the jail: its status, or 128 + the signal. */
static int ending(void (*act)(void), const char *old, const char *new)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t t;
        if (act == in_other_thread)
            pthread_create(&t, NULL, other_thread, NULL);
        jail_drop_rights();
        jail_shut(old, new, debugged);
        act();
        syscall(SYS_exit_group, 7); /* _exit() is more under a sanitizer */
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void allowed(void **state)
{
    void (*const acts[])(void) = {nothing, write_nothing, run_vcpu, signal_self, set_timer};
    (void)state;
    for (size_t i = 0; i < COUNT(acts); i++) {
        assert_int_equal(ending(acts[i], NULL, NULL), 7);
        assert_int_equal(ending(acts[i], from, to), 7);
    }
    assert_int_equal(ending(rename_it, from, to), 7);
    debugged = true;
    assert_int_equal(ending(change_registers, NULL, NULL), 7);
    assert_int_equal(ending(run_vcpu, from, to), 7);
    debugged = false;
}

static void forbidden(void **state)
{
    void (*const acts[])(void) = {parent,       open_file,         new_machine, signal_init,
                                  rename_other, rename_from_other, map_memory,  in_other_thread};
    (void)state;
    assert_int_equal(pipe(go), 0);
    for (size_t i = 0; i < COUNT(acts); i++)
        assert_int_equal(ending(acts[i], from, to), 128 + SIGSYS);
    assert_int_equal(ending(rename_it, NULL, NULL), 128 + SIGSYS);
    assert_int_equal(ending(change_registers, from, to), 128 + SIGSYS);
    debugged = true;
    assert_int_equal(ending(new_machine, from, to), 128 + SIGSYS);
    assert_int_equal(ending(open_file, NULL, NULL), 128 + SIGSYS);
    debugged = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(allowed), cmocka_unit_test(forbidden)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
