/* limpet run --gdb: the socket on which the guest waits for a debugger, and the debugger.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/run_gdb.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/proc.h"
#include "base/quote.h"
#include "host/place.h"
#include "tools/status.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCRIPT    "limpet-gdb.py" /* beside the tool */
#define SOCKET    "gdb"
#define FIRST_FD  10  /* what is below is the child's own */
#define PATIENT_S 300 /* for the first answer: the VMM may still be starting, or a lab */
#define LOOK_MS   50

static pid_t running; /* a gdb on our terminal, or 0 */

int gdb_listen(struct gdb *g)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int low;

    *g = (struct gdb){.dir = cleanup_tmpdir(), .fd = -1};
    if (!g->dir)
        return ST_FAILED;
    if (snprintf(address.sun_path, sizeof address.sun_path, "%s/" SOCKET, g->dir) >=
        (int)sizeof address.sun_path) {
        warn("--gdb: %s is too long for a socket's path: set TMPDIR to a shorter folder", g->dir);
        gdb_finish(g);
        return ST_USAGE;
    }
    low = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (low >= 0 && !bind(low, (struct sockaddr *)&address, sizeof address) && !listen(low, 1))
        g->fd = fcntl(low, F_DUPFD, FIRST_FD);
    if (g->fd < 0)
        warn("--gdb: cannot make the socket %s: %s", address.sun_path, strerror(errno));
    if (low >= 0)
        close(low);
    if (g->fd >= 0)
        return 0;
    gdb_finish(g);
    return ST_FAILED;
}

static void gdb_command(const struct gdb *g, const char *image, struct args *out)
{
    char *script = xasprintf("%s/" SCRIPT, tool_dir());

    args_words(out, "gdb -q");
    args_add(out, image);
    if (!access(script, R_OK)) {
        args_add(out, "-x");
        args_add(out, script);
    }
    args_add(out, "-ex");
    args_addf(out, "set remotetimeout %d", PATIENT_S);
    args_add(out, "-ex");
    args_addf(out, "target remote %s/" SOCKET, g->dir);
    free(script);
}

/* Once gdb has ended, Ctrl-C ends the guest. */
static void on_child(int number)
{
    struct sigaction again;
    siginfo_t info = {.si_pid = 0};

    (void)number;
    if (!running || waitid(P_PID, (id_t)running, &info, WEXITED | WNOHANG | WNOWAIT) ||
        !info.si_pid)
        return;
    running = 0;
    if (!sigaction(SIGTERM, NULL, &again))
        sigaction(SIGINT, &again, NULL);
}

/* Hands on what there is. Returns false when that side is gone. */
static bool hand_on(int from, int to)
{
    char bytes[4096];
    ssize_t n = read(from, bytes, sizeof bytes), done = 0, part = 0;

    for (; done < n && (part = write(to, bytes + done, (size_t)(n - done))) > 0; done += part)
        ;
    return n > 0 && part > 0;
}

/* In a lab: the debugger is outside, at the other end of a port, and may not be there yet. */
static void relay_port(const struct gdb *g, const char *port)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int at = open(port, O_RDWR | O_CLOEXEC), vmm = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct pollfd f[] = {{.fd = at, .events = POLLIN}, {.fd = vmm, .events = POLLIN}};
    bool met = false;

    snprintf(address.sun_path, sizeof address.sun_path, "%s/" SOCKET, g->dir);
    if (at < 0 || vmm < 0 || connect(vmm, (struct sockaddr *)&address, sizeof address))
        return;
    while (poll(f, 2, -1) > 0) {
        bool away = f[0].revents & POLLHUP;

        if ((f[1].revents && !hand_on(vmm, at)) || (away && met))
            return;
        if (away)
            poll(&f[1], 1, LOOK_MS);
        else if (f[0].revents && !hand_on(at, vmm))
            return;
        met = !away;
    }
}

static void start_relay(struct gdb *g)
{
    pid_t parent = getpid();

    g->pid = fork();
    if (g->pid == 0) {
        close(g->fd);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent)
            relay_port(g, place()->gdb);
        _exit(0);
    }
    if (g->pid > 0)
        cleanup_child(g->pid, false);
    else
        g->pid = 0;
}

static void run_gdb(struct gdb *g, char *const argv[])
{
    struct sigaction ended = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};
    pid_t parent = getpid();

    sigaction(SIGCHLD, &ended, NULL);
    signal(SIGINT, SIG_IGN);
    running = g->pid = fork();
    if (g->pid == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGCHLD, SIG_DFL);
        signal(SIGPIPE, SIG_DFL);
        close(g->fd);
        prctl(PR_SET_PDEATHSIG, SIGHUP);
        if (getppid() == parent)
            execvp(argv[0], argv);
        _exit(127);
    }
    if (g->pid < 0)
        g->pid = running = 0;
    else
        cleanup_child(g->pid, false);
}

void gdb_start(struct gdb *g, const char *image, bool wait)
{
    bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !wait;
    char *program = terminal && !place()->gdb ? proc_program("gdb") : NULL;
    struct args command = {0};
    struct buf line = {0};

    gdb_command(g, image, &command);
    if (place()->gdb) {
        start_relay(g);
    } else if (program) {
        run_gdb(g, command.v);
    } else {
        if (terminal)
            warn("gdb is not installed here (Debian: apt install gdb)");
        warn("the machine waits before its first instruction; to attach gdb:");
        quote_shell_all(&line, command.v, command.n);
        fprintf(stderr, "%s\n", line.data);
    }
    free(program);
    args_free(&command);
    buf_free(&line);
}

void gdb_finish(struct gdb *g)
{
    int status;

    if (g->fd >= 0)
        close(g->fd); /* whoever waits for an answer there gets none */
    while (g->pid && waitpid(g->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (g->pid)
        cleanup_child_gone(g->pid);
    if (g->dir)
        cleanup_remove(g->dir);
    free(g->dir);
    *g = (struct gdb){.fd = -1};
}
