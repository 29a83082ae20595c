/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet-vmm: one guest straight on KVM. docs/vmm.md tells what it is; main.c, in which order. */
#ifndef VMM_VMM_H
#define VMM_VMM_H

#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>
#include "bz.h"
#include "tools/status.h"
#include "tools/version.h"

#define CLOCK_FD  3
#define GAP_BEGIN 0xc0000000ull  /* no memory from here … */
#define GAP_END   0x100000000ull /* … to here: the APICs are there */

/* --sev: an imitation of AMD SEV. */
struct sev {
    /* possible: told by CPUID, but not there; es: SEV-ES as far as the first exception (#VC) */
    enum { SEV_NONE, SEV_POSSIBLE, SEV_ACTIVE, SEV_ES } what;
    unsigned c_bit; /* the number of the C-bit; with SEV_ACTIVE 39 to 51 */
};

/* Whether the machine is one of a foreign VMM, and as what its unknown ports read. */
enum bare { BARE_NOT, BARE_ZEROS, BARE_ONES };

struct options {
    const char *image, *stats, *append, *gdb;
    unsigned memory_mib, cpus;
    double timeout_s; /* 0: none */
    int huge, no_xsave, clock;
    struct sev sev;
    enum door door;
    enum bare bare;
    const char **modules; /* as many as there may be options */
    unsigned module_count;
    char **args; /* ends with NULL */
};

/* A file, all of it, readable. */
struct file {
    const uint8_t *bytes;
    size_t size;
    char *name; /* a module's, as the guest is told */
    dev_t device;
    ino_t inode;
};

struct machine;
struct exits;

struct vcpu {
    struct machine *machine;
    struct kvm_run *run;
    struct exits *exits; /* NULL: nobody counts */
    pthread_t thread;
    int fd, stats_fd;
    unsigned index;
};

struct machine {
    const struct options *options;
    uint8_t *memory;
    uint64_t low,
        high; /* bytes below GAP_BEGIN, and from GAP_END on; in memory one after the other */
    int kvm, vm, stats_fd;
    unsigned tsc_khz;
    struct vcpu *cpus;
    pthread_barrier_t meeting; /* of all vCPUs' threads */
    atomic_bool ended;
    atomic_uint waited_ms; /* for the console's reader, since the timer was set */
    int status;
    char text[400]; /* what happened; "": the guest ended itself */
};

/* Says it and leaves. */
_Noreturn void fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
extern void (*fail_last)(void); /* what is to be done before that; NULL: nothing */
/* An ioctl of KVM's; where it fails, that is said of what it is for. */
int kvm_call(int fd, unsigned long request, void *argument, const char *what);

/* The n bytes at a guest-physical address, or NULL when they do not all lie in its memory. */
void *guest_memory(const struct machine *m, uint64_t address, uint64_t n);

/* load.c: files into the guest's memory. */
struct file file_open(const char *path);
struct file module_open(const char *module); /* "FILE" or "FILE ARGUMENTS" */
void load_image(struct machine *m, const struct file *image, const struct image_plan *plan);
/* Modules, memory map, command line. Returns where struct hvm_start_info or boot_params is. */
uint32_t load_boot_data(struct machine *m, const struct file *modules, uint64_t image_end,
                        const struct bz_header *header);

/* machine.c: the order is that of their calls. */
void machine_create(struct machine *m);
void machine_add_cpus(struct machine *m);
void machine_tell_clock(const struct machine *m);

/* enter.c: the first registers; told: what load_boot_data() returned. */
void machine_enter(struct machine *m, const struct image_plan *plan, uint32_t told);

/* sev.c: they do nothing without --sev, but sev_tell, which then hides a real SEV of the host's. */
void sev_take(struct sev *s, const char *text); /* the option's value, or NULL */
void sev_check(const struct options *o);        /* refuses what it does not go with */
/* The C-bit as a mask, 0 without; where memory begins for the guest. */
uint64_t sev_bit(const struct options *o);
void sev_catch_msrs(const struct machine *m);
void sev_patch(const struct machine *m, const struct image_plan *plan); /* the image's tables */
void sev_tell(const struct options *o, struct kvm_cpuid2 *t); /* wants room for one more leaf */
void sev_raise_vc(struct vcpu *v);                            /* SEV-ES: at the first CPUID */
void sev_read_msr(struct vcpu *v);                            /* KVM_EXIT_X86_RDMSR */
void sev_write_msr(struct vcpu *v);                           /* KVM_EXIT_X86_WRMSR */
/* The guest has come to an end that may be due to a page-table entry without the C-bit: then ends
 * it with a sentence that names the entry, and returns true. */
bool sev_blame(struct vcpu *v);

/* end.c: what ends the guest. */
extern volatile sig_atomic_t signaled;         /* the signal that is to end it, or 0 */
extern _Thread_local struct kvm_run *this_run; /* of this thread's vCPU: a signal leaves it */
void signals_catch(void);
void timer_set(double timeout_s);
/* Is the guest's time over only because its console's reader let it wait? Then the time-out comes
 * so much later. */
bool timeout_put_off(struct machine *m);
/* The first to call it decides. Ends all vCPUs. */
void machine_end(struct machine *m, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void vcpus_kick(const struct machine *m); /* all others' KVM_RUN return */
extern volatile sig_atomic_t gdb_speaks;  /* the debugger has said something */
void signal_when_readable(int fd);        /* sets that; for fd -1 nothing */

/* gdb.c: a debugger's session, with --gdb; without, none of it is called. */
void gdb_listen(const char *where, int fd); /* a socket's path or "fd:N", to be descriptor fd */
void gdb_attach(struct machine *m);         /* waits until the debugger is there */
void gdb_caught(struct vcpu *v);            /* KVM_EXIT_DEBUG */
/* KVM_EXIT_IO: was it a breakpoint? Then there is no more to do. */
bool gdb_broke(struct vcpu *v);
/* The vCPU is about to run. True: it stood still meanwhile, and whatever it is to look at before
 * may have changed. */
bool gdb_meet(struct vcpu *v);
void gdb_leave(void);                  /* a vCPU runs no more */
void gdb_end(const struct machine *m); /* tells that the guest has ended, and how */

/* run.c: returns when the guest has ended. */
void machine_run(struct machine *m);

/* device.c: what the guest can talk to; called for each exit for I/O. */
void device_io(struct vcpu *v);
void console_write(struct machine *m, const uint8_t *bytes, size_t n);
/* The input that has come, at most n bytes. 0 when there is none now, -1 at its end. */
int64_t console_read(uint8_t *bytes, size_t n);

/* bare.c: the same for a bare machine. Its console's input comes by a thread. */
void bare_io(struct vcpu *v);
void bare_listen(struct machine *m);

/* jail.c: from here on nothing but what running the guest needs, or debugging it. */
void jail_drop_rights(void);
/* The file to be renamed so, or NULL. */
void jail_shut(const char *from, const char *to, bool debugged);

/* stats.c: they do nothing without --stats, but those of exits, which must not be called then. */
extern const char *stats_path, *stats_beside; /* NULL without; nothing can change them */
/* Refuses a --stats that names this file, which is read. */
void stats_spare(const struct options *options, const struct file *read, const char *name);
void stats_open(const struct options *options);
void stats_watch(struct machine *m);
void stats_reached(const char *part);
void stats_write(const struct machine *m);
void exits_enter(struct exits *e);
void exits_leave(struct exits *e, const struct kvm_run *run, bool interrupted);
uint64_t clock_ns(clockid_t clock);

#endif
