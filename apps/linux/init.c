/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program of limpet-cc --host as the only one of a Linux guest: as init it starts itself once
 * more, tells the host how that ended, and turns the machine off. /arguments has its words, each
 * ended by a zero byte: how many are of the environment, those, then the arguments.
 */
#include "../../platform/kvm/debug_exit.h"
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define WORDS_MAX 65536
#define COUNT_MAX 2048

static _Noreturn void start(void)
{
    static char text[WORDS_MAX + 1];
    static char *words[COUNT_MAX + 3] = {text};
    int file = open("/arguments", O_RDONLY | O_CLOEXEC), n = 0;
    ssize_t bytes = file < 0 ? 0 : read(file, text, WORDS_MAX);
    for (char *at = text; at < text + bytes && n < COUNT_MAX; at += strlen(at) + 1)
        words[n++] = at;
    words[n] = NULL;
    int environment = n > 0 ? atoi(words[0]) : 0;
    if (environment < n) { /* the environment moves to the front; its count's place ends it */
        memmove(words, words + 1, (size_t)environment * sizeof *words);
        words[environment] = NULL;
        memmove(words + environment + 2, words + environment + 1,
                (size_t)(n - environment) * sizeof *words);
        words[environment + 1] = "/init";
        execve("/init", words + environment + 1, words);
    }
    _exit(127);
}

/* Bytes pass as they are; EOT alone, at a line's beginning, ends the input. */
static void plain_console(void)
{
    struct termios t;
    if (tcgetattr(0, &t) != 0)
        return;
    t.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | ISTRIP | IXON);
    t.c_oflag &= ~(tcflag_t)OPOST;
    t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ISIG | IEXTEN);
    tcsetattr(0, TCSANOW, &t);
}

/* The kernel's words on the machine's end would stand behind the last line. */
static void hush(void)
{
    int file = open("/proc/sys/kernel/printk", O_WRONLY | O_CLOEXEC);
    ssize_t n = write(file, "0", 1); /* without it the kernel speaks on */
    (void)n;
    close(file);
}

/* QEMU's emulated SVM lets no program at a port, whatever ioperm() said. */
static void off(int number)
{
    (void)number;
    reboot(RB_POWER_OFF);
}

/* As the image does: the last line, whose ends are those behind a line that the app left open, then
 * QEMU's device; where that is not, by the kernel. */
static void end(int status)
{
    bool exited = WIFEXITED(status);
    if (exited)
        dprintf(1, "\r\nLIMPET: exit %d\r\n", WEXITSTATUS(status));
    else
        dprintf(1, "\r\nLIMPET: panic: The app was ended by signal %d.\r\n", WTERMSIG(status));
    tcdrain(1);
    hush();
    signal(SIGSEGV, off);
    if (ioperm(DEBUG_EXIT_PORT, 4, 1) == 0)
        outl(exited ? debug_exit_value((unsigned)WEXITSTATUS(status)) : DEBUG_EXIT_CRASH,
             DEBUG_EXIT_PORT);
    reboot(RB_POWER_OFF);
}

static __attribute__((constructor(102))) void be_init(void)
{
    if (getpid() != 1)
        return;
    mkdir("/proc", 0555);
    mkdir("/tmp", 01777);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    plain_console();
    pid_t child = fork();
    if (child == 0)
        start();
    int status = 0;
    waitpid(child, &status, 0);
    end(status);
    pause();
}
