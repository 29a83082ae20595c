/* A job in the lab: its folder, its boot, its console and its status.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cleanup.h"
#include "image.h"
#include "lab.h"
#include "limpet.h"
#include "proc.h"
#include "vmm.h"
#include "words.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COPY_MAX      (4ul << 30)
#define STUCK_S       60.0 /* a lab that computes less than this so long will not go on */
#define STUCK_LEAST_S 0.02
#define POLL_MS       500
#define HELD_UP_S     1.0 /* so much longer, poll() takes only when we do not run */
#define WAKE_S        2.0 /* asleep so long, it is woken */
#define LOG_TAIL      2000
#define INIT_WORDS    "limpet-lab: "
#define STDIN_PORT    "org.limpet.stdin"

static char *copy_into(struct lab_job *job, const char *folder, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *inside = xasprintf("%s/%s", folder, slash ? slash + 1 : path);
    char *to = xasprintf("%s/job/%s", job->dir, inside);
    char *dir = xasprintf("%s/job/%s", job->dir, folder);

    if ((mkdir(dir, 0755) && errno != EEXIST) || (access(to, F_OK) && file_copy(path, to, 0755))) {
        free(inside);
        inside = NULL;
    }
    free(to);
    free(dir);
    return inside;
}

/* The BIOS goes where the tool inside looks for it. */
static int add_bios(struct lab_job *job)
{
    char *bios = image_bios();
    char *inside = access(bios, R_OK) ? xstrdup("") : copy_into(job, "seabios", bios);
    int failed = inside ? 0 : -1;

    free(inside);
    free(bios);
    return failed;
}

/* The VMM goes beside the tool inside, where there is one. */
static int add_vmm(const struct lab_job *job)
{
    char *path = vmm_path(), *to = xasprintf("%s/job/" VMM_PROGRAM, job->dir);
    bool wanted = !strcmp(job->lab, "kvm") && !access(path, X_OK);
    int failed = wanted ? file_copy(path, to, 0755) : 0;

    free(path);
    free(to);
    return failed;
}

int lab_begin(struct lab_job *job, const char *lab)
{
    int status = ST_OK;
    char *to, *dir;

    *job = (struct lab_job){.lab = lab, .image.lock = -1, .stdin_fd = -1};
    if (!lab_is_built(lab)) {
        warn("the lab's image is built first (a few minutes, once)");
        status = lab_build();
    }
    if (!status)
        status = lab_image_use(lab, &job->image);
    if (status)
        return status;
    job->dir = cleanup_tmpdir();
    if (!job->dir) {
        lab_end(job);
        return ST_LAB;
    }
    dir = xasprintf("%s/job", job->dir);
    to = xasprintf("%s/job/limpet", job->dir);
    if (mkdir(dir, 0755) || file_copy("/proc/self/exe", to, 0755) || add_bios(job) ||
        add_vmm(job)) {
        lab_end(job);
        status = ST_LAB;
    }
    free(to);
    free(dir);
    return status;
}

char *lab_add_image(struct lab_job *job, const char *path)
{
    char *inside = copy_into(job, "apps", path), *name = NULL, *disk = image_disk(path);
    size_t n = inside ? strlen(inside) : 0;

    if (inside && !access(disk, R_OK))
        free(copy_into(job, "apps", disk));
    free(disk);

    /* By its plain name where there is one, for the sake of the messages. */
    if (n > 9 && !strcmp(inside + n - 4, ".elf"))
        name = xasprintf("%.*s", (int)n - 9, inside + 5);
    else if (inside)
        name = xasprintf("/job/%s", inside);
    free(inside);
    return name;
}

int lab_add_module(struct lab_job *job, const char *module, size_t number)
{
    char *file = xstrdup(module), *folder, *name;
    size_t used = strlen(module);

    if (access(file, R_OK)) {
        used = strcspn(module, " ");
        file[used] = '\0';
    }
    folder = xasprintf("module%zu", number);
    name = copy_into(job, folder, file);
    if (name)
        args_addf(&job->command, "--module=/job/%s%s", name, module + used);
    free(file);
    free(folder);
    free(name);
    return name ? 0 : -1;
}

void lab_add_options(struct lab_job *job, const struct options *o)
{
    struct args *a = &job->command;

    args_addf(a, "--timeout=%.12g", o->vm.timeout_s > 0 ? o->vm.timeout_s : LAB_GUEST_TIMEOUT);
    if (o->vm.machine)
        args_addf(a, "--machine=%s", o->vm.machine);
    if (o->vm.cpu)
        args_addf(a, "--cpu=%s", o->vm.cpu);
    if (o->vm.smp)
        args_addf(a, "--smp=%u", o->vm.smp);
    if (o->vm.mem_mib)
        args_addf(a, "--mem=%u", o->vm.mem_mib);
    if (o->vm.qemu_args)
        args_addf(a, "--qemu-args=%s", o->vm.qemu_args);
    if (o->vm.qemu)
        warn("--qemu does not reach into the lab, which has its own QEMU");
}

/* The script that the lab runs. Nesting counts the hypervisors below a guest that use
 * virtualization hardware, real or emulated: of those, QEMU with TCG is none. */
static int write_script(const struct lab_job *job)
{
    const char *outer = getenv("LIMPET_NESTING");
    char *path = xasprintf("%s/job/cmd", job->dir);
    FILE *f = fopen(path, "w");
    struct buf words = {0};
    bool kvm = lab_uses_kvm();
    int failed;

    free(path);
    buf_str(&words, job->shell ? "sh -c " : "/job/limpet");
    if (job->shell)
        words_shell(&words, job->shell);
    words_shell_all(&words, job->command.v, job->command.n);
    if (!f)
        return -1;
    fprintf(f,
            "export LIMPET_LAB=%s LIMPET_NESTING=%d LIMPET_APPS=/job/apps TMPDIR=/tmp\n"
            "! cp limpet-vmm /tmp 2>/dev/null || export LIMPET_VMM=/tmp/limpet-vmm\n" /* quicker */
            "%s"
            "for name in /sys/class/virtio-ports/*/name; do\n"
            "    read -r text <$name && [ \"$text\" = " STDIN_PORT " ] || continue\n"
            "    port=${name%%/name}\n"
            "    exec </dev/${port##*/}\n"
            "done\n"
            "echo started >/job/started\n"
            "%s%s\n",
            job->lab, (outer ? atoi(outer) : 0) + kvm,
            kvm ? "" : "export LIMPET_EMULATED='SVM emulated by QEMU TCG'\n", words.data,
            job->quiet ? " >/job/stdout" : " 2>/job/stderr");
    buf_free(&words);
    failed = ferror(f);
    return fclose(f) || failed ? -1 : 0;
}

static int job_machine(const struct lab_job *job, struct args *out)
{
    if (lab_machine(job->lab, &job->image, "", job->dir, out))
        return -1;
    args_add(out, "-chardev");
    args_add(out, "file,id=log,path=lab.log");
    args_add(out, "-serial");
    args_add(out, "chardev:log");
    args_add(out, "-virtfs");
    args_add(out, "local,path=job,mount_tag=limpet,security_model=none,multidevs=remap");
    args_add(out, "-device");
    args_add(out, "virtio-serial-pci,event_idx=off"); /* every byte interrupts (wake()) */
    args_add(out, "-chardev");
    args_add(out, "stdio,id=console,signal=off");
    args_add(out, "-device");
    args_add(out, "virtserialport,chardev=console,name=org.limpet.console");
    if (job->stdin_fd >= 0) {
        args_add(out, "-chardev"); /* whose end the reader inside sees */
        args_addf(out, "socket,id=stdin,fd=%d", PROC_EXTRA_FD);
        args_add(out, "-device");
        args_add(out, "virtserialport,chardev=stdin,name=" STDIN_PORT);
    }
    return 0;
}

static char *job_file(const struct lab_job *job, const char *name)
{
    char *path = xasprintf("%s/%s", job->dir, name);
    size_t n = 0;
    char *text = file_read(path, COPY_MAX, &n);

    free(path);
    return text;
}

static bool job_started(const struct lab_job *job)
{
    char *path = xasprintf("%s/job/started", job->dir);
    bool there = !access(path, F_OK);

    free(path);
    return there;
}

/* The state of a job that runs. */
struct follow {
    const struct lab_job *job;
    struct proc proc;
    struct console console;
    struct buf errors; /* of QEMU, and of the lab before the job began */
    bool started, ended;
    double deadline;
    double cpu_s, busy; /* what QEMU had computed when it last got on, and when that was */
    double woken;       /* when it was last woken */
    struct buf input;   /* read, and not yet taken by the lab */
    int stdin_fd;       /* -1: none, or no more */
};

/* Takes in what there is. What the lab says before the job begins is its own trouble, not the
 * guest's console. */
static void take(struct follow *f)
{
    struct buf data = {0};

    proc_read(f->proc.out, &data);
    proc_read_end(f->proc.err, &f->errors);
    if (!f->started && job_started(f->job)) {
        f->started = true;
        f->deadline = now_s() + f->job->timeout_s;
    }
    if (f->started) {
        double now = now_s(), waited;

        console_feed(&f->console, data.data, data.len);
        waited = now_s() - now; /* for our reader: not the job's time */
        f->deadline += waited;
        f->busy += waited;
    } else {
        buf_add(&f->errors, data.data, data.len);
        buf_keep_end(&f->errors, PROC_KEPT);
    }
    buf_free(&data);
}

/* Standard input, to the lab: what there is to wait for, and what came of it. */
static void poll_input(const struct follow *f, struct pollfd *fds)
{
    bool room = f->stdin_fd >= 0 && !f->input.len;

    fds[0] = (struct pollfd){.fd = room ? f->stdin_fd : -1, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = f->input.len ? f->proc.extra : -1, .events = POLLOUT};
}

static void forward_input(struct follow *f, const struct pollfd *fds)
{
    char data[65536];
    ssize_t n;

    if (fds[0].revents) {
        n = read(f->stdin_fd, data, sizeof data);
        if (n > 0)
            buf_add(&f->input, data, (size_t)n);
        else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
            shutdown(f->proc.extra, SHUT_WR);
            f->stdin_fd = -1;
        }
    }
    if (fds[1].revents) {
        n = send(f->proc.extra, f->input.data, f->input.len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) {
            f->input.len -= (size_t)n;
            memmove(f->input.data, f->input.data + n, f->input.len + 1);
        } else if (n < 0 && errno != EINTR && errno != EAGAIN) {
            buf_clear(&f->input); /* it has gone */
            f->stdin_fd = -1;
        }
    }
}

/* For how long its processor has slept. An idle Linux computes a little now and then. */
static double asleep_s(struct follow *f)
{
    double cpu_s = proc_cpu_s(&f->proc), now = now_s();

    if (cpu_s < 0 || cpu_s - f->cpu_s > STUCK_LEAST_S || f->busy <= 0) {
        f->cpu_s = cpu_s;
        f->busy = now;
    }
    return now - f->busy;
}

/*
 * QEMU's emulated SVM can lose the interrupt that Xen sleeps for: VMRUN sets CPU_INTERRUPT_VIRQ
 * without the lock that others hold who set another bit of that word. The interrupt still waits in
 * the local APIC, and any other one brings it along: a byte for the lab's console, which nobody
 * reads.
 */
static void wake(struct follow *f)
{
    if (now_s() - f->woken > WAKE_S && write(f->proc.in, "\n", 1) == 1)
        f->woken = now_s();
}

/* Why a lab that does not compute does not. */
static const char *stuck(const struct follow *f)
{
    return proc_is_stopped(f->proc.pid)
               ? "its QEMU was stopped by a signal (kill -CONT lets such a process go on)"
               : "its machine has stopped, a defect of QEMU's emulation: try again";
}

/* When we are held up ourselves, as in a container that is paused, the lab most likely is too. */
static void forgive(struct follow *f, double held)
{
    if (held < HELD_UP_S)
        return;
    f->deadline += held;
    if (f->busy > 0)
        f->busy += held;
}

/* Follows the job until the lab ends. Returns what went wrong, or NULL. */
static const char *follow(struct follow *f)
{
    bool emulated = !lab_uses_kvm();

    f->deadline = f->proc.started + LAB_BOOT_S;
    while (!f->ended && !interrupted && now_s() < f->deadline) {
        struct pollfd fds[] = {{.fd = f->proc.pidfd, .events = POLLIN},
                               {.fd = f->proc.out, .events = POLLIN},
                               {.fd = f->proc.err, .events = POLLIN},
                               {.fd = -1},
                               {.fd = -1}};
        double began = now_s(), asleep;
        int got;

        poll_input(f, fds + 3);
        got = poll(fds, 5, POLL_MS);
        forgive(f, now_s() - began - POLL_MS / 1e3);
        if (got == 0 && emulated) {
            asleep = asleep_s(f);
            if (asleep > STUCK_S)
                return stuck(f);
            if (asleep > WAKE_S)
                wake(f);
        }
        f->ended = fds[0].revents != 0;
        take(f);
        forward_input(f, fds + 3);
        if (!f->ended && (fds[1].revents | fds[2].revents) & ~POLLIN)
            usleep(1000); /* a closed pipe: the end is near, do not spin */
    }
    console_finish(&f->console);
    if (f->ended || interrupted)
        return NULL;
    if (proc_is_stopped(f->proc.pid))
        return stuck(f);
    return f->started ? "the job did not end in time" : "it did not boot in time";
}

/* Shows what QEMU, the lab or the tool inside said, without QEMU's notes on what TCG leaves out of
 * the CPU model, and without progress. */
static void show_errors(const char *text)
{
    for (size_t n; *text; text += n) {
        const char *end = strchr(text, '\n');

        n = end ? (size_t)(end - text) + 1 : strlen(text);
        if (!memmem(text, n, "warning: TCG doesn't support", 28) &&
            strncmp(text, PROGRESS_MARK, sizeof PROGRESS_MARK - 1))
            quote(text, n);
        if (!end)
            fputc('\n', stderr);
    }
}

static void show_log(const char *log, size_t n)
{
    fputs("The end of the lab's log:\n", stderr);
    quote(n > LOG_TAIL ? log + n - LOG_TAIL : log, n > LOG_TAIL ? LOG_TAIL : n);
    fputc('\n', stderr);
}

/* What the lab's init said last: "limpet-lab: STAGE: reason". Caller frees; NULL if nothing. */
static char *init_words(const char *text)
{
    const char *last = NULL;

    for (const char *p = text; p && (p = strstr(p, INIT_WORDS)); p++)
        last = p + sizeof INIT_WORDS - 1;
    return last ? xasprintf("%.*s", (int)strcspn(last, "\r\n"), last) : NULL;
}

/* Names the stage at which the lab failed. */
static void name_stage(const struct follow *f, const char *trouble, int wait_status,
                       const char *log)
{
    static const char *const toolstack[] = {"xenstored:", "dom0:", "xenconsoled:"};
    const char *stage = f->started ? "job" : "lab boot";
    char *words = f->started ? NULL : init_words(f->errors.data), *why;

    if (!words && !f->started)
        words = init_words(log);
    for (int i = 0; words && i < 3; i++)
        if (!strncmp(words, toolstack[i], strlen(toolstack[i])))
            stage = "toolstack";
    if (trouble)
        why = xstrdup(trouble);
    else if (words)
        why = xstrdup(words);
    else if (WIFSIGNALED(wait_status))
        why = xasprintf("its QEMU was killed by signal %d (%s)", WTERMSIG(wait_status),
                        strsignal(WTERMSIG(wait_status)));
    else
        why = xasprintf("it ended %s", f->started ? "while the job ran" : "before the job began");
    warn("lab %s: %s: %s", f->job->lab, stage, why);
    free(why);
    free(words);
}

/* The status of the command inside, or ST_LAB with a message naming the stage. */
static int job_status(const struct follow *f, const char *trouble, int wait_status)
{
    const struct lab_job *job = f->job;
    char *text = job_file(job, "job/status"), *said = job_file(job, "job/stderr"), *log = NULL;
    bool failed = trouble || !text || !f->started;
    int status = failed ? ST_LAB : atoi(text);

    if (said)
        show_errors(said);
    if (f->errors.len)
        show_errors(f->errors.data);
    if (failed) {
        log = job_file(job, "lab.log");
        if (log && log[0])
            show_log(log, strlen(log));
        name_stage(f, trouble, wait_status, log);
    }
    free(text);
    free(said);
    free(log);
    return status;
}

int lab_run(struct lab_job *job, const struct console_listener *listener)
{
    struct follow f = {.job = job, .console.listener = *listener, .stdin_fd = job->stdin_fd};
    struct args args = {0};
    const char *trouble;
    int status, wait_status;

    f.console.listener.show_exit = true; /* the tool inside has hidden what is to be hidden */
    if (write_script(job)) {
        warn("lab %s: cannot write the job's script: %s", job->lab, strerror(errno));
        return ST_LAB;
    }
    status = job_machine(job, &args);
    progress("the %s lab boots%s …", job->lab, lab_uses_kvm() ? " on this machine's KVM" : "");
    if (!status && (status = proc_start(&f.proc, args.v, job->dir)))
        warn("lab %s: lab boot: QEMU could not start: %s: %s", job->lab, args.v[0],
             strerror(-status));
    args_free(&args);
    if (status)
        return ST_LAB;
    trouble = follow(&f);
    wait_status = proc_finish(&f.proc, trouble || interrupted);
    progress("%s", "");
    if (interrupted && interrupted != SIGPIPE)
        warn("lab %s: interrupted", job->lab);
    status = interrupted ? ST_INTERRUPT + interrupted : job_status(&f, trouble, wait_status);
    buf_free(&f.errors);
    buf_free(&f.input);
    console_free(&f.console);
    return status;
}

void lab_end(struct lab_job *job)
{
    if (job->dir)
        cleanup_remove(job->dir);
    free(job->dir);
    args_free(&job->command);
    lab_image_release(&job->image);
    *job = (struct lab_job){.image.lock = -1};
}
