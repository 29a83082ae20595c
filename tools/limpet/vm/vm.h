/* One guest in one virtual machine: what every platform's way to run it has in common. The room
 * uses host/ and base/; only the list in platforms.c names what stands in vm/xen/.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_VM_H
#define LIMPET_VM_H

#include "base/buf.h"
#include "base/facts.h"
#include "host/load.h"
#include "vm/console.h"
#include "vm/firmware.h"
#include "vm/firmware_end.h"

#include <poll.h>
#include <stdbool.h>

#define VM_MIN_MEM_MIB     16
#define VM_DEFAULT_MEM_MIB 512
#define VM_DEFAULT_TIMEOUT 60.0
#define VM_GRACE_S         2.0 /* from the guest's last line to the machine's end */

struct platform;
struct kvm_trace;

/* The machine. NULL or 0 stands for the default. */
struct vm_config {
    const struct platform *platform;
    const char *qemu;      /* program */
    const char *qemu_args; /* more arguments for it, as quote_split() reads them */
    const char *machine;   /* QEMU's -machine */
    const char *cpu;       /* QEMU's -cpu; by default max for TCG, host for KVM */
    const char *door;      /* one of the platform's; by default its first */
    unsigned smp;
    unsigned mem_mib;
    double timeout_s;
    bool exact_clock;        /* Xen: after its end, have Xen dump what the guest's TSC was set to */
    struct kvm_trace *trace; /* KVM: tells what the guest's TSC was set to; or NULL */
    bool fast_console;       /* QEMU's default machine: virtio, as the guest was told */
    const char *plugin; /* QEMU's -plugin, which counts: time then goes by instructions, and the
                           console is told at the end; or NULL */
    const char *stats;  /* limpet-vmm: the file for its --stats; or NULL */
    int gdb; /* a socket that listens for a debugger, from 10 up, for whom the guest waits; -1:
                still to be made; 0: none. QEMU and limpet-vmm */
};

/* What runs on it. */
struct vm_job {
    const char *image;          /* absolute path */
    const char *line;           /* the guest's argument line */
    const struct args *modules; /* "FILE" or "FILE ARGUMENTS" each; may be NULL */
    int stdin_fd;               /* forwarded to the guest's console, or -1 */
    bool framed;                /* its bytes in a frame, as the guest was told */
    const char *until; /* the machine is ended when its console says so ("": anything); NULL:
                          it ends by itself */
};

/* The guest's time stamp counter at the moment when its processor was let go. */
struct vm_clock {
    bool known;
    long long tsc;
    double error_s;                 /* of that moment: at most so many seconds to either side */
    bool joined;                    /* the guest's TSC ticks like the host's: */
    long long offset, offset_error; /* the guest's less the host's, within so many ticks */
};

/* Something that was reached before the guest's own first instruction. */
#define VM_STAGES 6
struct vm_stage {
    const char *name;
    long long tsc; /* the guest's, or */
    double s;      /* when the host saw it, since the start; 0: it did not, but tsc tells */
};

struct vm_result {
    int status;          /* the guest's own (own == true) or one of enum status */
    bool own;            /* the guest ended by itself with a status */
    char *text;          /* what happened in one sentence, "" for own; owned */
    char *command_line;  /* QEMU's, or xl's configuration; owned */
    char *details;       /* what only limpet run -v tells, or NULL; owned */
    struct facts *facts; /* for the run's record: the vmm, its version, what is its own; owned */
    double first_byte_s, last_line_s, end_s; /* since the start (of QEMU, of xl); 0: never seen */
    double until_s;                          /* the job's text was seen; 0: it was not */
    double created_s,
        started_s;           /* the domain is built (Xen); the processor is let go; 0: unknown */
    double user_s, system_s; /* the VMM's process had so much of a CPU; 0: unknown */
    struct load busy;        /* of the machine, while the guest ran */
    double rss_mib;          /* the most that the VMM's process had resident; 0: unknown */
    double domain_mib;       /* Xen: the memory the domain had; 0: unknown */
    struct vm_clock clock;
    int domain; /* Xen: its number */
    struct vm_stage stages[VM_STAGES];
    unsigned stage_count;
};

/* Runs a guest to its end. The listener's bytes, lines as they come. Always fills result (free it).
 */
typedef void vm_run_fn(const struct vm_config *config, const struct vm_job *job,
                       const struct console_listener *listener, struct vm_result *result);
void vm_result_free(struct vm_result *result);

/* Runs a guest on the configuration's platform, and looks how busy the machine was meanwhile. */
vm_run_fn vm_run;

/* The path of a module "FILE" or "FILE ARGUMENTS" (absolute, caller frees), and where in it the
 * arguments begin, with their blank. NULL with errno set when there is no such file. */
char *vm_module_path(const char *module, const char **arguments);

/* How the guest learns that its input is over. */
enum vm_input_end {
    VM_END_EOT,   /* EOT, as of a terminal */
    VM_END_FRAME, /* the input is framed: kernel/sys/input.h */
    VM_END_CLOSE, /* its VMM sees the end of the pipe, and tells */
};

/* The guest's console, both ways. Zero-initialize, set the listener and what is said here. */
struct vm_io {
    struct console console;
    bool has_firmware; /* which may speak there first: */
    struct firmware firmware;
    bool deaf;        /* it would take the guest's input: that is held back */
    struct buf input; /* what the guest has not taken yet */
    int in, out;      /* written to, read from; both non-blocking; out is -1 after its end */
    int stdin_fd;     /* ours, or -1 */
    enum vm_input_end end;
    bool debugged; /* it may stop for as long as its debugger likes, after its last line too */
    char twice;    /* a byte that the VMM takes for its own unless it comes twice; 0: none */
    unsigned
        lost; /* so many bytes of the first input the VMM may lose: blind ones before a frame */
    double origin;     /* the result's stamps count from here */
    double limit;      /* when the guest counts as hanging */
    double waited;     /* for the reader of our output, by which limit was put off */
    double deadline;   /* limit, or the end of the grace after the guest's last line */
    const char *until; /* the text to look for, or NULL */
    struct buf recent; /* what may be its beginning */
    struct firmware_end firmware_end;
    struct vm_result *result;
};

/* Before the first of the following. */
void vm_io_begin(struct vm_io *io);

/* What to poll for; fds has room for VM_IO_FDS. */
#define VM_IO_FDS 4
void vm_io_poll(const struct vm_io *io, struct pollfd *fds);

/* Waits as poll() does, for a second at most. When we are held up ourselves, as in a container that
 * is paused, the guest most likely is too: it gets that much more time. */
int vm_io_wait(struct vm_io *io, struct pollfd *fds, unsigned n, double until);

/* Takes in what poll() found, and forwards. */
void vm_io_take(struct vm_io *io, const struct pollfd *fds);

/* Reads what is there. Returns whether there was anything. */
bool vm_io_read(struct vm_io *io);

/* Was what the job waits for said? */
bool vm_io_said_all(const struct vm_io *io);

/* Has the guest said its last line, and nothing after it? */
bool vm_io_said_exit(const struct vm_io *io);
void vm_io_free(struct vm_io *io);

#endif
