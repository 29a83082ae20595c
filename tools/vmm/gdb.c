/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A debugger's session: the socket, the stops of all vCPUs, and what is asked of KVM. The main
 * thread, which runs vCPU 0, talks; the others park meanwhile. While the guest runs, a signal tells
 * the main thread that the debugger says something: that can be Ctrl-C only.
 */
#include "vmm.h"
#include "rsp.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PAGE      4096u
#define FD_PREFIX "fd:"
#define BREAKS    64 /* in code */
#define OUT_DX_AL 0xee
#define STAY_MS   2 /* a vCPU that is not to run looks so often whether it is */

static struct {
    const struct machine *machine;
    const char *path; /* of the socket, or NULL */
    atomic_int fd;    /* listens, then the debugger; -1: there is none */
    bool blocks;      /* KVM can keep interrupts from a step */
    pthread_mutex_t lock;
    pthread_cond_t parked_more, go;
    unsigned parked, left; /* vCPUs that wait, and that run no more */
    uint64_t turn;         /* so often they went on */
    struct {
        uint64_t address;  /* virtual */
        uint8_t *at, byte; /* where that is, NULL: nowhere; what was there */
    } breaks[BREAKS];
    atomic_bool stopping;
    struct rsp session;
    struct rsp_packet packet;
    struct rsp_answer answer;
    uint8_t bytes[RSP_BYTES]; /* of the debugger's, from at to end not yet taken */
    size_t at, end;
} g = {.fd = -1,
       .lock = PTHREAD_MUTEX_INITIALIZER,
       .parked_more = PTHREAD_COND_INITIALIZER,
       .go = PTHREAD_COND_INITIALIZER};

/* A socket that listens and that we inherited: "fd:N". */
static int inherited(const char *text)
{
    char *end;
    unsigned long fd = strtoul(text + strlen(FD_PREFIX), &end, 10);
    int listens = 0;
    socklen_t size = sizeof listens;
    if (*end != '\0' || fd > 1024 ||
        getsockopt((int)fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens)
        fail(ST_USAGE, "--gdb: \"%s\" is no file descriptor of a socket that listens", text);
    return (int)fd;
}

void gdb_listen(const char *where, int fd)
{
    bool given = strncmp(where, FD_PREFIX, strlen(FD_PREFIX)) == 0;
    int at = given ? inherited(where) : socket(AF_UNIX, SOCK_STREAM, 0);
    g.path = given ? NULL : where;
    g.fd = at == fd ? at : dup2(at, fd);
    if (g.fd < 0)
        fail(ST_START, "--gdb: no socket: %s", strerror(errno));
}

/* At its path, unless it was given to us. Returns whether it listens. */
static bool listens(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (g.path == NULL)
        return true;
    errno = ENAMETOOLONG;
    size_t n = strlen(g.path);
    if (n >= sizeof address.sun_path)
        return false;
    memcpy(address.sun_path, g.path, n);
    return bind(g.fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(g.fd, 1) == 0;
}

/* Debugging on or off, by what the session wants of this vCPU. */
static int set_debug(const struct vcpu *v, bool on)
{
    struct kvm_guest_debug d = {.control = on ? KVM_GUESTDBG_ENABLE : 0};
    if (on && g.session.action[v->index] == RSP_STEP)
        d.control |= KVM_GUESTDBG_SINGLESTEP | (g.blocks ? KVM_GUESTDBG_BLOCKIRQ : 0);
    for (unsigned i = 0; on && i < RSP_HW_MAX; i++) {
        const struct rsp_hardware *h = &g.session.hardware[i];
        if (h->kind == 0)
            continue;
        /* Intel SDM vol. 3B, 17.2.4: execute 0, write 1, access 3; lengths 1, 2, 8 and 4 */
        uint64_t kind = h->kind == RSP_Z_EXECUTE ? 0 : h->kind == RSP_Z_WRITE ? 1 : 3;
        uint64_t length = h->bytes == 8 ? 2 : h->bytes - 1u;
        length = h->kind == RSP_Z_EXECUTE ? 0 : length;
        d.control |= KVM_GUESTDBG_USE_HW_BP;
        d.arch.debugreg[i] = h->address;
        d.arch.debugreg[7] |= 2ull << 2 * i | (kind | length << 2) << (16 + 4 * i);
    }
    return ioctl(v->fd, KVM_SET_GUEST_DEBUG, &d);
}

/* KVM's side of rsp.h. */

static bool get_state(unsigned cpu, struct rsp_state *s)
{
    int fd = g.machine->cpus[cpu].fd;
    return ioctl(fd, KVM_GET_REGS, &s->regs) == 0 && ioctl(fd, KVM_GET_SREGS, &s->sregs) == 0 &&
           ioctl(fd, KVM_GET_FPU, &s->fpu) == 0;
}

static bool set_state(unsigned cpu, const struct rsp_state *s)
{
    struct rsp_state copy = *s, before;
    int fd = g.machine->cpus[cpu].fd;
    if (!get_state(cpu, &before))
        return false;
    if (memcmp(&before.sregs, &copy.sregs, sizeof copy.sregs) != 0 &&
        ioctl(fd, KVM_SET_SREGS, &copy.sregs) != 0)
        return false;
    if (memcmp(&before.fpu, &copy.fpu, sizeof copy.fpu) != 0 &&
        ioctl(fd, KVM_SET_FPU, &copy.fpu) != 0)
        return false;
    return ioctl(fd, KVM_SET_REGS, &copy.regs) == 0;
}

/* What of n bytes from there on lies in one page, and where; 0: it is not mapped, or no memory. */
static size_t piece(unsigned cpu, uint64_t address, size_t n, uint8_t **at)
{
    struct kvm_translation t = {.linear_address = address};
    size_t room = PAGE - address % PAGE;
    n = n < room ? n : room;
    if (ioctl(g.machine->cpus[cpu].fd, KVM_TRANSLATE, &t) != 0 || !t.valid)
        return 0;
    *at = guest_memory(g.machine, t.physical_address & ~sev_bit(g.machine->options), n);
    return *at != NULL ? n : 0;
}

static size_t read_memory(unsigned cpu, uint64_t address, uint8_t *bytes, size_t n)
{
    size_t done = 0, part;
    uint8_t *at;
    for (; done < n && (part = piece(cpu, address + done, n - done, &at)) != 0; done += part)
        memcpy(bytes + done, at, part);
    return done;
}

static size_t write_memory(unsigned cpu, uint64_t address, const uint8_t *bytes, size_t n)
{
    size_t done = 0, part;
    uint8_t *at;
    for (; done < n && (part = piece(cpu, address + done, n - done, &at)) != 0; done += part)
        memcpy(at, bytes + done, part);
    return done;
}

/*
 * A breakpoint is OUT %al, %dx in place of an instruction's first byte, which leaves the guest
 * wherever it runs at ring 0. INT3 does not everywhere: QEMU's emulated SVM intercepts none.
 */
static bool set_break(unsigned cpu, uint64_t address, bool put)
{
    unsigned i = 0;
    uint8_t *at;
    while (i < BREAKS && (g.breaks[i].at == NULL || g.breaks[i].address != address))
        i++;
    if (i < BREAKS && !put) {
        *g.breaks[i].at = g.breaks[i].byte;
        g.breaks[i].at = NULL;
    }
    if (i < BREAKS || !put)
        return true;
    for (i = 0; i < BREAKS && g.breaks[i].at != NULL;)
        i++;
    if (i == BREAKS || piece(cpu, address, 1, &at) == 0)
        return false;
    g.breaks[i].address = address;
    g.breaks[i].at = at;
    g.breaks[i].byte = *at;
    *at = OUT_DX_AL;
    return true;
}

static const struct rsp_machine machine = {get_state, set_state, read_memory, write_memory,
                                           set_break};

static bool is_break(uint64_t address)
{
    for (unsigned i = 0; i < BREAKS; i++)
        if (g.breaks[i].at != NULL && g.breaks[i].address == address)
            return *g.breaks[i].at == OUT_DX_AL;
    return false;
}

void gdb_attach(struct machine *m)
{
    g.machine = m;
    g.session = (struct rsp){.machine = &machine, .cpus = m->options->cpus};
    if (ioctl(m->kvm, KVM_CHECK_EXTENSION, KVM_CAP_SET_GUEST_DEBUG) <= 0)
        fail(ST_START, "--gdb: KVM here cannot debug guests (KVM_SET_GUEST_DEBUG)");
    if (set_debug(&m->cpus[0], true) != 0)
        fail(ST_START, "--gdb: KVM here cannot debug guests (KVM_SET_GUEST_DEBUG: %s)",
             strerror(errno));
    int more = ioctl(m->kvm, KVM_CHECK_EXTENSION, KVM_CAP_SET_GUEST_DEBUG2), listener = g.fd;
    g.blocks = more > 0 && (more & KVM_GUESTDBG_BLOCKIRQ) != 0;
    if (!listens())
        fail(ST_START, "--gdb: cannot make the socket %s: %s", g.path, strerror(errno));
    do
        g.fd = accept(listener, NULL, NULL);
    while (g.fd < 0 && errno == EINTR && signaled == 0);
    int error = errno;
    if (g.path != NULL)
        unlink(g.path);
    if (g.fd < 0 && signaled == 0)
        fail(ST_START, "--gdb: no debugger: %s", strerror(error));
    close(listener);
    signal_when_readable(g.fd);
    g.stopping = g.fd >= 0;
}

/* The socket. */

static void hang_up(void)
{
    for (unsigned i = 0; i < BREAKS; i++)
        if (g.breaks[i].at != NULL)
            set_break(0, g.breaks[i].address, false);
    for (unsigned i = 0; i < g.machine->options->cpus; i++)
        set_debug(&g.machine->cpus[i], false);
    g.fd = -1; /* the jail has no close() */
}

static void send_bytes(const char *bytes, size_t n)
{
    while (n > 0 && g.fd >= 0) {
        ssize_t written = write(g.fd, bytes, n);
        if (written > 0) {
            bytes += written;
            n -= (size_t)written;
        } else if (errno != EINTR || signaled != 0) {
            return; /* the next read tells */
        }
    }
}

static void send_answer(void)
{
    rsp_end(&g.answer);
    send_bytes(g.answer.text, g.answer.n);
}

/* One byte of the debugger's. False: it is gone, or a signal is there that is to end the guest. */
static bool next_byte(uint8_t *byte)
{
    while (g.at == g.end) {
        ssize_t got = read(g.fd, g.bytes, sizeof g.bytes);
        g.at = 0;
        g.end = got > 0 ? (size_t)got : 0;
        if (got == 0 || (got < 0 && errno != EINTR) || signaled != 0)
            return false;
    }
    *byte = g.bytes[g.at++];
    return true;
}

/* The guest stands still: does what the debugger asks for, until that lets it go on. */
static void talk(struct machine *m)
{
    enum rsp_next next = RSP_ANSWERED;
    uint8_t byte;
    while (next == RSP_ANSWERED && next_byte(&byte)) {
        enum rsp_event event = rsp_take(&g.packet, byte);
        if (event == RSP_MISSED)
            send_bytes(g.answer.text, g.answer.n);
        if (event == RSP_BROKEN)
            send_bytes("-", 1);
        if (event != RSP_PACKET && event != RSP_IMPOSSIBLE)
            continue;
        if (!g.session.quiet)
            send_bytes("+", 1);
        rsp_begin(&g.answer);
        if (event == RSP_PACKET)
            next = rsp_command(&g.session, &g.packet, &g.answer);
        if (next != RSP_GO)
            send_answer();
    }
    if (next == RSP_KILL)
        machine_end(m, ST_SIGNAL, "the debugger ended the guest");
    if (next == RSP_ANSWERED || next == RSP_DETACH)
        hang_up();
}

/* Stops. */

/* What the last exit was for is done with in KVM, too. */
static void complete(struct vcpu *v)
{
    v->run->immediate_exit = 1;
    ioctl(v->fd, KVM_RUN, 0);
}

/* All are to come to gdb_meet(); the first one says why. */
static void stop(const struct vcpu *v, struct rsp_stop why)
{
    if (atomic_exchange(&g.stopping, true))
        return;
    why.cpu = v->index;
    g.session.stop = why;
    g.session.selected = v->index;
    vcpus_kick(v->machine);
}

void gdb_caught(struct vcpu *v)
{
    const struct kvm_debug_exit_arch *d = &v->run->debug.arch;
    struct rsp_stop why = {.why = STOP_STEP};
    for (unsigned i = 0; i < RSP_HW_MAX; i++)
        if (d->dr6 & 1u << i && g.session.hardware[i].kind != 0)
            why = (struct rsp_stop){.why = STOP_HARDWARE, .slot = i};
    stop(v, why);
}

bool gdb_broke(struct vcpu *v)
{
    const struct kvm_run *run = v->run;
    struct kvm_regs regs;
    struct kvm_sregs sregs;
    if (g.fd < 0 || run->io.direction != KVM_EXIT_IO_OUT || run->io.size != 1 ||
        ioctl(v->fd, KVM_GET_REGS, &regs) != 0 || ioctl(v->fd, KVM_GET_SREGS, &sregs) != 0)
        return false;
    uint64_t at = sregs.cs.base + regs.rip; /* still the instruction, but after some exits behind */
    unsigned back = is_break(at) ? 0 : 1;
    if (!is_break(at - back))
        return false;
    complete(v);
    regs.rip -= back;
    ioctl(v->fd, KVM_SET_REGS, &regs);
    stop(v, (struct rsp_stop){.why = STOP_BREAKPOINT});
    return true;
}

/* What the debugger says while the guest runs. That it is gone is found out at a stop, too. */
static void listen_in(const struct vcpu *v)
{
    struct pollfd f = {.fd = g.fd, .events = POLLIN};
    uint8_t byte;
    while (g.fd >= 0 && !g.stopping && (g.at < g.end || poll(&f, 1, 0) > 0))
        if (!next_byte(&byte) || rsp_take(&g.packet, byte) == RSP_INTERRUPT)
            stop(v, (struct rsp_stop){.why = STOP_ASKED});
}

/* The main thread's part of a stop: once all stand still. Returns with the lock held. */
static void converse(struct machine *m)
{
    static bool begun;
    while (g.parked + g.left < m->options->cpus)
        pthread_cond_wait(&g.parked_more, &g.lock);
    pthread_mutex_unlock(&g.lock);
    if (!m->ended && begun) { /* the first stop is asked for by "?" */
        rsp_begin(&g.answer);
        rsp_stopped(&g.session, &g.answer);
        send_answer();
    }
    begun = true;
    if (!m->ended)
        talk(m);
    gdb_speaks = g.at < g.end;
    pthread_mutex_lock(&g.lock);
    g.stopping = false;
    g.parked = 0;
    g.turn++;
    pthread_cond_broadcast(&g.go);
}

/* Waits until all may go on. */
static void park(struct vcpu *v)
{
    complete(v);
    pthread_mutex_lock(&g.lock);
    uint64_t turn = g.turn;
    g.parked++;
    pthread_cond_signal(&g.parked_more);
    if (v->index == 0)
        converse(v->machine);
    while (g.turn == turn && !v->machine->ended)
        pthread_cond_wait(&g.go, &g.lock);
    pthread_mutex_unlock(&g.lock);
    if (g.fd >= 0)
        set_debug(v, true);
}

bool gdb_meet(struct vcpu *v)
{
    if (v->index == 0 && gdb_speaks != 0) {
        gdb_speaks = 0;
        listen_in(v);
    }
    if (g.stopping)
        park(v);
    else if (g.fd >= 0 && g.session.action[v->index] == RSP_STAY)
        poll(NULL, 0, STAY_MS);
    else
        return false;
    return true;
}

void gdb_leave(void)
{
    pthread_mutex_lock(&g.lock);
    g.left++;
    pthread_cond_broadcast(&g.parked_more);
    pthread_cond_broadcast(&g.go);
    pthread_mutex_unlock(&g.lock);
}

void gdb_end(const struct machine *m)
{
    if (g.fd < 0)
        return;
    rsp_begin(&g.answer);
    rsp_exited(m->status, &g.answer);
    send_answer();
}
