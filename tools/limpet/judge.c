/* How a guest ended, decided from the raw facts.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "limpet.h"
#include "vm.h"

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

/* QEMU's last words, without the trailing newline. */
static char *qemu_failed(const struct vm_facts *f, const char *what)
{
    size_t n = strlen(f->errors);

    while (n && (f->errors[n - 1] == '\n' || f->errors[n - 1] == ' '))
        n--;
    return n ? xasprintf("%s:\n%.*s", what, (int)n, f->errors) : xasprintf("%s", what);
}

static void no_verdict(const struct vm_facts *f, struct vm_result *r)
{
    int status = WEXITSTATUS(f->wait_status);

    if (!strcmp(f->shutdown, "guest-reset"))
        set(r, ST_RESET, xstrdup("the guest reset the machine: a triple fault, most likely"));
    else if (!strncmp(f->shutdown, "guest-", 6))
        set(r, ST_NO_LAST_LINE,
            xasprintf("the guest ended the machine (%s) without its last line", f->shutdown));
    else if (status == 0)
        set(r, ST_NO_LAST_LINE, xstrdup("the machine ended without the guest's last line"));
    else if (!f->errors[0] && f->greeted && status % 2 == 1)
        set(r, ST_NO_LAST_LINE,
            xasprintf("the guest left with code %d without its last line", status >> 1));
    else
        set(r, ST_QEMU, qemu_failed(f, f->greeted ? "QEMU failed" : "QEMU could not start"));
}

static void exit_verdict(const struct vm_facts *f, struct vm_result *r)
{
    int status = WEXITSTATUS(f->wait_status), code = f->verdict.status & 0x7f;

    if (!strcmp(f->shutdown, "guest-reset")) {
        set(r, ST_RESET,
            xasprintf("the guest said \"exit %d\", but then reset the machine", f->verdict.status));
    } else if (!f->lingered && status && status != (code << 1 | 1)) {
        set(r, ST_NO_LAST_LINE,
            xasprintf("the guest said \"exit %d\", but left with code %d", f->verdict.status,
                      status >> 1));
    } else {
        set(r, f->verdict.status, xstrdup(""));
        r->own = true;
    }
}

void vm_judge(const struct vm_facts *f, struct vm_result *r)
{
    if (f->interrupted)
        set(r, ST_INTERRUPT + f->interrupted, xstrdup("interrupted"));
    else if (f->stopped)
        set(r, ST_QEMU, qemu_failed(f, "the hypervisor gave up and stopped the guest"));
    else if (f->timed_out)
        set(r, ST_HANG, xstrdup("the guest did not end in time"));
    else if (WIFSIGNALED(f->wait_status) && !f->lingered)
        set(r, ST_SIGNAL,
            xasprintf("QEMU was killed by signal %d (%s)", WTERMSIG(f->wait_status),
                      strsignal(WTERMSIG(f->wait_status))));
    else if (f->verdict.kind == VERDICT_PANIC)
        set(r, ST_PANIC, xasprintf("the guest panicked: %s", f->verdict.reason));
    else if (f->verdict.kind == VERDICT_EXIT)
        exit_verdict(f, r);
    else
        no_verdict(f, r);
}
