/* How a guest ended, decided from the raw facts.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/judge.h"
#include "platform/kvm/debug_exit.h"
#include "tools/status.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static void set(struct vm_result *r, int status, char *text)
{
    r->own = false;
    r->status = status;
    free(r->text);
    r->text = text;
}

static void set_own(struct vm_result *r, int status)
{
    set(r, status, xstrdup(""));
    r->own = true;
}

/* What is told alike of every machine. Returns whether that was all. */
static bool common(const struct end_facts *f, struct vm_result *r)
{
    if (f->interrupted)
        set(r, ST_INTERRUPT + f->interrupted, xstrdup("interrupted"));
    else if (f->timed_out && f->held)
        set(r, ST_SIGNAL,
            xstrdup("its VMM was stopped by a signal (kill -CONT lets such a process go on), and "
                    "then its time was over"));
    else if (f->timed_out)
        set(r, ST_HANG, xstrdup("the guest did not end in time"));
    else
        return false;
    return true;
}

static void panicked(const struct end_facts *f, struct vm_result *r)
{
    set(r, ST_PANIC, xasprintf("the guest panicked: %s", f->last_line.reason));
}

/* A VMM's last words behind what they mean, without the trailing newline. */
static char *with_errors(const char *what, const char *errors)
{
    size_t n = strlen(errors);

    while (n && (errors[n - 1] == '\n' || errors[n - 1] == ' '))
        n--;
    return n ? xasprintf("%s:\n%.*s", what, (int)n, errors) : xasprintf("%s", what);
}

void process_judge(const struct end_facts *f, int wait_status, struct vm_result *r)
{
    if (common(f, r))
        ;
    else if (WIFSIGNALED(wait_status))
        set(r, ST_PANIC,
            xasprintf("the program was ended by signal %d (%s)", WTERMSIG(wait_status),
                      strsignal(WTERMSIG(wait_status))));
    else
        set_own(r, WEXITSTATUS(wait_status));
}

static void qemu_no_last_line(const struct qemu_facts *f, struct vm_result *r)
{
    int status = WEXITSTATUS(f->wait_status);

    if (!strcmp(f->shutdown, "guest-reset"))
        set(r, ST_RESET, xstrdup("the guest reset the machine: a triple fault, most likely"));
    else if (!strncmp(f->shutdown, "guest-", 6))
        set(r, ST_NO_LAST_LINE,
            xasprintf("the guest ended the machine (%s) without its last line", f->shutdown));
    else if (strstr(f->errors, "Terminated via GDBstub"))
        set(r, ST_SIGNAL, xstrdup("the debugger ended the guest"));
    else if (status == 0)
        set(r, ST_NO_LAST_LINE, xstrdup("the machine ended without the guest's last line"));
    else if (!f->errors[0] && f->greeted && status % 2 == 1)
        set(r, ST_NO_LAST_LINE,
            xasprintf("the guest left with code %d without its last line", status >> 1));
    else
        set(r, ST_START,
            with_errors(f->greeted ? "QEMU failed" : "QEMU could not start", f->errors));
}

static void qemu_exit(const struct qemu_facts *f, struct vm_result *r)
{
    int said = f->end.last_line.status, status = WEXITSTATUS(f->wait_status);
    int expected = (int)debug_exit_status(debug_exit_value((unsigned)said));

    if (!strcmp(f->shutdown, "guest-reset"))
        set(r, ST_RESET, xasprintf("the guest said \"exit %d\", but then reset the machine", said));
    else if (!f->end.lingered && status && status != expected)
        set(r, ST_NO_LAST_LINE,
            xasprintf("the guest said \"exit %d\", but left with code %d", said, status >> 1));
    else
        set_own(r, said);
}

void qemu_judge(const struct qemu_facts *f, struct vm_result *r)
{
    if (f->stopped && !f->end.interrupted)
        set(r, ST_START, with_errors("the hypervisor gave up and stopped the guest", f->errors));
    else if (common(&f->end, r))
        ;
    else if (WIFSIGNALED(f->wait_status) && !f->end.lingered)
        set(r, ST_SIGNAL,
            xasprintf("QEMU was killed by signal %d (%s)", WTERMSIG(f->wait_status),
                      strsignal(WTERMSIG(f->wait_status))));
    else if (f->end.last_line.kind == LAST_LINE_PANIC)
        panicked(&f->end, r);
    else if (f->end.last_line.kind == LAST_LINE_EXIT)
        qemu_exit(f, r);
    else
        qemu_no_last_line(f, r);
}

/* limpet-vmm has the tool's own statuses and says "limpet-vmm: REASON" with them. */
static void vmm_said(const struct vmm_facts *f, struct vm_result *r)
{
    static const char words[] = "limpet-vmm: ";
    const char *text = f->errors;

    if (!strncmp(text, words, sizeof words - 1))
        text += sizeof words - 1;
    set(r, WEXITSTATUS(f->wait_status), xasprintf("%.*s", (int)strcspn(text, "\n"), text));
}

void vmm_judge(const struct vmm_facts *f, struct vm_result *r)
{
    const struct last_line *v = &f->end.last_line;
    int status = WEXITSTATUS(f->wait_status);
    /* It has its own time-out, which may come before ours. */
    bool lingered =
        f->end.lingered || (v->kind == LAST_LINE_EXIT && status == ST_HANG && f->errors[0]);

    if (common(&f->end, r))
        ;
    else if (WIFSIGNALED(f->wait_status) && !lingered)
        set(r, ST_SIGNAL,
            xasprintf("limpet-vmm was killed by signal %d (%s)", WTERMSIG(f->wait_status),
                      strsignal(WTERMSIG(f->wait_status))));
    else if (v->kind == LAST_LINE_PANIC)
        panicked(&f->end, r);
    else if (f->errors[0] && !lingered)
        vmm_said(f, r);
    else if (v->kind != LAST_LINE_EXIT)
        set(r, ST_NO_LAST_LINE,
            xasprintf("the guest left with status %d without its last line", status));
    else if (lingered || status == v->status)
        set_own(r, v->status);
    else
        set(r, ST_NO_LAST_LINE,
            xasprintf("the guest said \"exit %d\", but left with status %d", v->status, status));
}

/* It ended by itself: as it does when its guest has done with the machine? */
static bool program_went_well(const struct program_facts *f)
{
    int status = WEXITSTATUS(f->wait_status);

    return f->reset || status == 0 || status == f->reset_status;
}

static void program_no_last_line(const struct program_facts *f, struct vm_result *r)
{
    int status = WEXITSTATUS(f->wait_status);
    char *what;

    if (f->reset || (status && (status == f->reset_status || status == f->crash_status))) {
        set(r, ST_RESET, xstrdup("the guest reset the machine: a triple fault, most likely"));
    } else if (status == 0) {
        set(r, ST_NO_LAST_LINE,
            xasprintf("the machine ended without the guest's last line (%s does not tell a triple "
                      "fault from an end)",
                      f->title));
    } else {
        what = xasprintf("%s %s, with status %d", f->title,
                         r->first_byte_s > 0 ? "failed" : "could not start the guest", status);
        set(r, ST_START, with_errors(what, f->errors));
        free(what);
    }
}

void program_judge(const struct program_facts *f, struct vm_result *r)
{
    const struct last_line *v = &f->end.last_line;
    bool ended = !f->end.lingered && !f->reset; /* by itself */

    if (f->gave_up && !f->end.interrupted)
        set(r, ST_START, with_errors("the hypervisor gave up and stopped the guest", f->errors));
    else if (common(&f->end, r))
        ;
    else if (ended && WIFSIGNALED(f->wait_status))
        set(r, ST_SIGNAL,
            xasprintf("%s was killed by signal %d (%s)", f->title, WTERMSIG(f->wait_status),
                      strsignal(WTERMSIG(f->wait_status))));
    else if (v->kind == LAST_LINE_PANIC)
        panicked(&f->end, r);
    else if (v->kind != LAST_LINE_EXIT)
        program_no_last_line(f, r);
    else if (!ended || program_went_well(f))
        set_own(r, v->status);
    else
        set(r, ST_NO_LAST_LINE,
            xasprintf("the guest said \"exit %d\", but %s left with status %d", v->status, f->title,
                      WEXITSTATUS(f->wait_status)));
}

const char *xen_reason_text(int reason)
{
    static const char *const text[] = {"poweroff", "reboot",   "suspend",
                                       "crash",    "watchdog", "soft reset"};

    return reason >= 0 && reason < (int)(sizeof text / sizeof *text) ? text[reason] : "unknown";
}

/* The status that the guest left in xenstore, or -1. */
static int told_status(const struct xen_facts *f)
{
    char *end;
    long status = f->told && f->told[0] ? strtol(f->told, &end, 10) : -1;

    return status >= 0 && status <= 255 && !*end ? (int)status : -1;
}

/* The last line may be lost on its way: the status in xenstore is not. */
static void xen_no_last_line(const struct xen_facts *f, struct vm_result *r)
{
    if (f->reason == XEN_POWEROFF && told_status(f) >= 0)
        set_own(r, told_status(f));
    else if (f->reason == XEN_REBOOT || f->reason == XEN_CRASH)
        set(r, ST_RESET,
            xasprintf("the domain ended with reason %s: a triple fault, most likely",
                      xen_reason_text(f->reason)));
    else
        set(r, ST_NO_LAST_LINE,
            xasprintf("the domain ended with reason %s, without the guest's last line%s",
                      xen_reason_text(f->reason),
                      f->reason == XEN_POWEROFF
                          ? " (Xen powers one off when its processors all halt for good, too)"
                          : ""));
}

void xen_judge(const struct xen_facts *f, struct vm_result *r)
{
    if (f->end.timed_out && f->paused && !f->end.interrupted)
        set(r, ST_SIGNAL,
            xstrdup("the domain was paused by another hand (xl unpause lets it go on)"));
    else if (common(&f->end, r))
        ;
    else if (f->gone)
        set(r, ST_SIGNAL, xstrdup("the domain was destroyed by another hand"));
    else if (f->end.last_line.kind == LAST_LINE_PANIC)
        panicked(&f->end, r);
    else if (f->end.last_line.kind != LAST_LINE_EXIT)
        xen_no_last_line(f, r);
    else if (f->end.lingered || f->reason == XEN_POWEROFF)
        set_own(r, f->end.last_line.status);
    else
        set(r, ST_RESET,
            xasprintf("the guest said \"exit %d\", but its domain ended with reason %s",
                      f->end.last_line.status, xen_reason_text(f->reason)));
}
