/* Child processes with pipes, that die with the tool.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/proc.h"
#include "base/cleanup.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define PIPE_BYTES    (1 << 20)
#define COMMAND_BYTES (16u << 20) /* of what a command says, at most */

enum { IN, OUT, ERR, EXTRA, EXEC, PAIRS };

/* Both ends of a terminal, each once more for the other direction. */
static int make_terminal(int fds[PAIRS][2])
{
    char name[64];
    struct termios settings;
    int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

    fds[IN][0] = ours;
    if (ours < 0 || grantpt(ours) || unlockpt(ours) || ptsname_r(ours, name, sizeof name))
        return -errno;
    fds[IN][1] = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fds[IN][1] < 0 || tcgetattr(fds[IN][1], &settings))
        return -errno;
    cfmakeraw(&settings);
    if (tcsetattr(fds[IN][1], TCSANOW, &settings))
        return -errno;
    for (int end = 0; end < 2; end++) {
        fds[OUT][end] = fcntl(fds[IN][end], F_DUPFD_CLOEXEC, 0);
        if (fds[OUT][end] < 0)
            return -errno;
    }
    return 0;
}

/* fds[i][0] is the tool's end, fds[i][1] the child's. */
static int make_pairs(int fds[PAIRS][2], bool terminal)
{
    int error = 0;

    memset(fds, -1, PAIRS * sizeof *fds);
    if (terminal)
        error = make_terminal(fds);
    for (int i = terminal ? ERR : IN; i < PAIRS && !error; i++) {
        if (i == EXTRA ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds[i])
                       : pipe2(fds[i], O_CLOEXEC))
            error = -errno;
        if (i == IN) {
            int swap = fds[i][0];

            fds[i][0] = fds[i][1];
            fds[i][1] = swap;
        }
    }
    for (int i = 0; i < EXEC && !error; i++)
        fcntl(fds[i][0], F_SETFL, O_NONBLOCK);
    fcntl(fds[OUT][0], F_SETPIPE_SZ, PIPE_BYTES); /* of a terminal there is none */
    return error;
}

static void close_end(int fds[PAIRS][2], int end)
{
    for (int i = 0; i < PAIRS; i++)
        if (fds[i][end] >= 0)
            close(fds[i][end]);
}

/* The child's side of proc_start; tells a failed exec by its errno through the EXEC pipe. */
static void child(int fds[PAIRS][2], char *const argv[], const char *dir, pid_t parent)
{
    int error, report = fcntl(fds[EXEC][1], F_DUPFD_CLOEXEC, 10);

    for (int i = IN; i <= EXTRA; i++) /* out of the way of 0..3 first */
        fds[i][1] = fcntl(fds[i][1], F_DUPFD_CLOEXEC, 10);
    for (int i = IN; i <= EXTRA; i++)
        dup2(fds[i][1], i);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    if (getppid() != parent)
        _exit(127);
    if (!dir || !chdir(dir))
        execvp(argv[0], argv);
    error = errno;
    if (write(report, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

void proc_environment(void)
{
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("LANGUAGE"); /* gettext's, which goes before LC_ALL */
}

static int start(struct proc *p, char *const argv[], const char *dir, bool terminal)
{
    pid_t parent = getpid();
    int fds[PAIRS][2], error;

    *p = (struct proc){.pidfd = -1};
    error = make_pairs(fds, terminal);
    p->started = now_s();
    p->pid = error ? -1 : fork();
    if (p->pid == 0)
        child(fds, argv, dir, parent);
    close_end(fds, 1);
    if (p->pid < 0) {
        error = error ? error : -errno;
        close_end(fds, 0);
        p->pid = 0;
        return error;
    }
    cleanup_child(p->pid, true);
    setpgid(p->pid, p->pid);
    p->in = fds[IN][0];
    p->out = fds[OUT][0];
    p->err = fds[ERR][0];
    p->extra = fds[EXTRA][0];
    p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
    while (read(fds[EXEC][0], &error, sizeof error) < 0 && errno == EINTR && !interrupted)
        ;
    close(fds[EXEC][0]);
    if (error || p->pidfd < 0) {
        error = error ? error : errno;
        proc_finish(p, true);
        return -error;
    }
    return 0;
}

int proc_start(struct proc *p, char *const argv[], const char *dir)
{
    return start(p, argv, dir, false);
}

int proc_start_terminal(struct proc *p, char *const argv[], const char *dir)
{
    return start(p, argv, dir, true);
}

/* Is it a file that we may execute? If not, errno tells why. */
static bool is_program(const char *path)
{
    struct stat st;

    if (stat(path, &st) || access(path, X_OK))
        return false;
    if (S_ISREG(st.st_mode))
        return true;
    errno = S_ISDIR(st.st_mode) ? EISDIR : EACCES;
    return false;
}

/* A path as seen from the root; caller frees. */
static char *absolute(const char *path)
{
    char *here = path[0] == '/' ? NULL : getcwd(NULL, 0), *whole;

    whole = here ? xasprintf("%s/%s", here, path) : xstrdup(path);
    free(here);
    return whole;
}

char *proc_program(const char *name)
{
    const char *set = getenv("PATH"), *folders = set ? set : "/bin:/usr/bin";
    bool is_path = strchr(name, '/') != NULL, more = name[0] != '\0';
    int error = ENOENT;

    for (size_t n; more; folders += n + 1) {
        char *path;
        bool good;

        n = strcspn(folders, ":");
        path =
            is_path ? xstrdup(name) : xasprintf("%.*s/%s", n ? (int)n : 1, n ? folders : ".", name);
        good = is_program(path);
        if (!good && (is_path || errno == EACCES))
            error = errno;
        more = !good && !is_path && folders[n] == ':';
        if (good) {
            char *whole = absolute(path);

            free(path);
            return whole;
        }
        free(path);
    }
    errno = error;
    return NULL;
}

int proc_finish(struct proc *p, bool kill_first)
{
    struct rusage usage = {.ru_maxrss = 0};
    int status = 0;

    if (kill_first) {
        kill(-p->pid, SIGKILL);
        status = cleanup_await(p->pid, &usage);
    }
    while (!kill_first && wait4(p->pid, &status, 0, &usage) < 0 && errno == EINTR)
        if (interrupted)
            kill(-p->pid, SIGKILL);
    p->rss_mib = (double)usage.ru_maxrss / 1024;
    p->user_s = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
    p->system_s = (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
    cleanup_child_gone(p->pid);
    close(p->in);
    close(p->out);
    close(p->err);
    close(p->extra);
    if (p->pidfd >= 0)
        close(p->pidfd);
    p->pid = 0;
    return status;
}

/* What /proc has of a process behind its name: from the third field on (proc(5)); NULL: no process.
 */
static const char *stat_fields(pid_t pid, char text[1024])
{
    char *path = xasprintf("/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    const char *name_end = f && fgets(text, 1024, f) ? strrchr(text, ')') : NULL;

    if (f)
        fclose(f);
    free(path);
    return name_end ? name_end + 1 : NULL;
}

double proc_cpu_s(const struct proc *p)
{
    char text[1024];
    const char *fields = stat_fields(p->pid, text);
    unsigned long user, system;

    /* Fields 14 and 15. */
    if (fields &&
        sscanf(fields, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2)
        return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
    return -1;
}

unsigned long long proc_start_time(pid_t pid)
{
    char text[1024];
    const char *fields = stat_fields(pid, text);
    unsigned long long start;

    /* Field 22. */
    if (fields && sscanf(fields,
                         " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d "
                         "%*d %llu",
                         &start) == 1)
        return start;
    return 0;
}

bool proc_is_stopped(pid_t pid)
{
    char text[1024];
    const char *fields = stat_fields(pid, text);

    return fields && (fields[1] == 'T' || fields[1] == 't');
}

bool proc_read_most(int fd, struct buf *out, size_t most)
{
    char chunk[65536];

    for (size_t got = 0; got < most;) {
        ssize_t n = read(fd, chunk, sizeof chunk);

        if (n > 0)
            buf_add(out, chunk, (size_t)n);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        if (n < (ssize_t)sizeof chunk)
            return true;
        got += (size_t)n;
    }
    return true;
}

bool proc_read(int fd, struct buf *out) { return proc_read_most(fd, out, PIPE_BYTES); }

bool proc_read_end(int fd, struct buf *out)
{
    bool open = proc_read(fd, out);

    buf_keep_end(out, PROC_KEPT);
    return open;
}

/* Takes in a command's words until it has ended. Returns whether it did so in time. */
static bool follow(const struct proc *p, double until, struct buf *out, struct buf *err)
{
    struct buf dropped = {0};
    bool ended = false, hurried = false;

    while (!ended && now_s() < until) {
        struct pollfd f[] = {{.fd = p->out, .events = POLLIN},
                             {.fd = p->err, .events = POLLIN},
                             {.fd = p->pidfd, .events = POLLIN}};

        if (interrupted && !hurried) {
            hurried = true;
            until = fmin(until, now_s() + PROC_PATIENCE_S);
        }
        poll(f, 3, 100);
        ended = f[2].revents != 0;
        proc_read(p->out, out->len < COMMAND_BYTES ? out : &dropped);
        proc_read(p->err, err->len < COMMAND_BYTES ? err : &dropped);
        buf_clear(&dropped);
        if (!ended && (f[0].revents | f[1].revents) & ~POLLIN)
            usleep(1000); /* a closed pipe: the end is near, do not spin */
    }
    buf_free(&dropped);
    return ended;
}

int proc_run(char *const argv[], const char *dir, double limit_s, struct buf *out, struct buf *err)
{
    struct buf unwanted = {0};
    struct proc p;
    int status = proc_start(&p, argv, dir);
    bool ended;

    if (status && err)
        buf_printf(err, "%s: %s", argv[0], strerror(-status));
    if (!status) {
        ended = follow(&p, now_s() + limit_s, out ? out : &unwanted, err ? err : &unwanted);
        status = proc_finish(&p, !ended);
    }
    buf_free(&unwanted);
    return status;
}

char *proc_output(char *const argv[])
{
    struct buf out = {0};

    buf_add(&out, "", 0);
    if (!proc_run(argv, NULL, PROC_PATIENCE_S, &out, NULL))
        return out.data;
    buf_free(&out);
    return NULL;
}
