/* A job in the lab: its folder, its boot, its console and its status.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/proc.h"
#include "base/quote.h"
#include "host/place.h"
#include "lab/follow.h"
#include "lab/lab.h"
#include "lab/open.h"
#include "tools/status.h"
#include "vm/doors.h"
#include "vm/image.h"
#include "vm/linux_guest.h"
#include "vm/program.h"
#include "vm/vmm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COPY_MAX     (4ul << 30)
#define LOG_TAIL     2000
#define LINUX_FOLDER "linux"
#define INIT_WORDS   "limpet-lab: "
#define STDIN_PORT   "org.limpet.stdin"
#define GDB_PORT     "org.limpet.gdb"

static char *copy_into(struct lab_job *job, const char *folder, const char *path)
{
    char *inside = xasprintf("%s/%s", folder, basename(path));
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

/* So do VMMs of others, those in PATH that run without libraries, in a folder that is in PATH
 * there. */
static int add_programs(struct lab_job *job)
{
    int failed = 0;

    for (const struct platform *const *p = platforms; *p && !failed; p++) {
        bool wanted = (*p)->program && !strcmp(job->lab, (*p)->lab);
        char *path = wanted ? proc_program((*p)->program->name) : NULL;
        char *real = path ? realpath(path, NULL) : NULL, *to;

        if (real && program_is_static(real)) {
            to = xasprintf("%s/job/bin", job->dir);
            failed = mkdir(to, 0755) && errno != EEXIST ? -1 : 0;
            free(to);
            to = xasprintf("%s/job/bin/%s", job->dir, (*p)->program->name);
            failed = failed || file_copy(real, to, 0755) ? -1 : 0;
            free(to);
        }
        free(real);
        free(path);
    }
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
        add_vmm(job) || add_programs(job)) {
        lab_end(job);
        status = ST_LAB;
    }
    free(to);
    free(dir);
    return status;
}

char *lab_add_image(struct lab_job *job, const char *folder, const char *path, unsigned wrappings)
{
    char *inside = copy_into(job, folder, path), *name = NULL;
    size_t n = inside ? strlen(inside) : 0, before = strlen(folder) + 1;

    for (int w = WRAPPING_NONE + 1; w < WRAPPINGS && inside; w++) {
        char *file = image_wrapping(path, w);

        if (wrappings & WRAPPING_BIT(w) && image_is_wrapped(path, w))
            free(copy_into(job, folder, file));
        free(file);
    }
    if (inside && wrappings & WRAPPING_BIT(WRAPPING_LINUX)) { /* whose kernel is this one's */
        char *kernel = linux_kernel();

        if (!access(kernel, R_OK))
            free(copy_into(job, LINUX_FOLDER, kernel));
        free(kernel);
    }

    /* By its plain name where there is one, for the sake of the messages. */
    if (n > before + 4 && !strcmp(inside + n - 4, ".elf"))
        name = xasprintf("%.*s", (int)(n - before - 4), inside + before);
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

void lab_add_options(struct lab_job *job, const struct vm_config *vm, const struct args *options)
{
    for (size_t i = 0; i < options->n; i++)
        args_add(&job->command, options->v[i]);
    if (vm->timeout_s <= 0)
        args_addf(&job->command, "--timeout=%.12g", LAB_GUEST_TIMEOUT);
    if (vm->qemu)
        warn("--qemu does not reach into the lab, which has its own QEMU");
}

/* The script that the lab runs. Nesting counts the hypervisors below a guest that use
 * virtualization hardware, real or emulated: of those, QEMU with TCG is none. */
static int write_script(const struct lab_job *job)
{
    char *path = xasprintf("%s/job/cmd", job->dir);
    FILE *f = fopen(path, "w");
    struct buf words = {0};
    bool kvm = lab_uses_kvm();
    int failed;

    free(path);
    buf_str(&words, job->shell ? "sh -c " : "/job/limpet");
    if (job->shell)
        quote_shell(&words, job->shell);
    quote_shell_all(&words, job->command.v, job->command.n);
    if (!f)
        return -1;
    fprintf(f,
            "export LIMPET_LAB=%s LIMPET_NESTING=%d LIMPET_APPS=/job/apps TMPDIR=/tmp\n"
            "export LIMPET_LINUX=/job/" LINUX_FOLDER "/vmlinuz\n"
            "! cp limpet-vmm /tmp 2>/dev/null || export LIMPET_VMM=/tmp/limpet-vmm\n" /* quicker */
            "if cp -r bin /tmp 2>/dev/null; then\n"
            "    PATH=/tmp/bin:$PATH\n"
            "    mkdir -p /dev/pts && mount -t devpts devpts /dev/pts\n" /* some want a terminal */
            "fi\n"
            "%s"
            "[ ! -e stdin ] || exec <stdin\n" /* of a lab that is open already */
            "for name in /sys/class/virtio-ports/*/name; do\n"
            "    read -r text <$name && port=${name%%/name}\n"
            "    case $text in\n"
            "    " STDIN_PORT ") exec </dev/${port##*/} ;;\n"
            "    " GDB_PORT ") export LIMPET_GDB=/dev/${port##*/} ;;\n"
            "    esac\n"
            "done\n"
            "echo started >/job/started\n"
            "%s%s\n",
            job->lab, place()->nesting + kvm,
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
    /* No event_idx: every byte interrupts (wake()). */
    args_words(out, "-chardev file,id=log,path=lab.log -serial chardev:log "
                    "-virtfs local,path=job,mount_tag=limpet,security_model=none,multidevs=remap "
                    "-device virtio-serial-pci,event_idx=off -chardev stdio,id=console,signal=off "
                    "-device virtserialport,chardev=console,name=org.limpet.console");
    if (job->stdin_fd >= 0) {
        args_add(out, "-chardev"); /* whose end the reader inside sees */
        args_addf(out, "socket,id=stdin,fd=%d", PROC_EXTRA_FD);
        args_words(out, "-device virtserialport,chardev=stdin,name=" STDIN_PORT);
    }
    if (job->gdb) {
        args_add(out, "-chardev");
        args_addf(out, "socket,id=gdb,fd=%d,server=on,wait=off", job->gdb);
        args_words(out, "-device virtserialport,chardev=gdb,name=" GDB_PORT);
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

/* Shows what QEMU, the lab or the tool inside said, without QEMU's notes on what TCG leaves out of
 * the CPU model, and without progress. */
static void show_errors(const char *text)
{
    for (size_t n; *text; text += n) {
        const char *end = strchr(text, '\n');

        n = end ? (size_t)(end - text) + 1 : strlen(text);
        if (!memmem(text, n, "warning: TCG doesn't support", 28) &&
            strncmp(text, PROGRESS_MARK, sizeof PROGRESS_MARK - 1))
            relay(text, n);
        if (!end)
            fputc('\n', stderr);
    }
}

static void show_log(const char *log, size_t n)
{
    fputs("The end of the lab's log:\n", stderr);
    relay(n > LOG_TAIL ? log + n - LOG_TAIL : log, n > LOG_TAIL ? LOG_TAIL : n);
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
static void name_stage(const struct lab_follow *f, const char *trouble, int wait_status,
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
static int job_status(const struct lab_follow *f, const char *trouble, int wait_status)
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

/* In the lab that is open, whose time and console are its own. */
static int run_opened(struct lab_follow *f)
{
    const char *trouble = lab_open_run(f->job, &f->console);
    int status;

    f->started = true;
    status = interrupted ? ST_INTERRUPT + interrupted : job_status(f, trouble, 0);
    console_free(&f->console);
    return status;
}

int lab_run(struct lab_job *job, const struct console_listener *listener)
{
    struct lab_follow f = {.job = job, .console.listener = *listener, .stdin_fd = job->stdin_fd};
    struct args args = {0};
    const char *trouble;
    int status, wait_status;

    f.console.listener.show_exit = true; /* the tool inside has hidden what is to be hidden */
    if (write_script(job)) {
        warn("lab %s: cannot write the job's script: %s", job->lab, strerror(errno));
        return ST_LAB;
    }
    if (lab_opened(job->lab) && !job->gdb)
        return run_opened(&f);
    status = job_machine(job, &args);
    progress("the %s lab boots%s …", job->lab, lab_uses_kvm() ? " on this machine's KVM" : "");
    if (!status && (status = proc_start(&f.proc, args.v, job->dir)))
        warn("lab %s: lab boot: QEMU could not start: %s: %s", job->lab, args.v[0],
             strerror(-status));
    args_free(&args);
    if (status)
        return ST_LAB;
    trouble = lab_follow(&f);
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
