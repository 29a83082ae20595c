/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GDB's remote serial protocol (GDB manual, appendix E): packets, and what a debugger asks by them.
 * All that it sends is untrusted. Nothing here knows sockets or
 * asks KVM: that is gdb.c's.
 */
#ifndef VMM_RSP_H
#define VMM_RSP_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/vmm/abi.h"

#define RSP_BYTES      4096 /* of a packet, as the debugger is told */
#define RSP_HW_MAX     4    /* breakpoints and watchpoints by debug register */
#define RSP_LIST_BYTES 10000

/* A packet as it comes, byte by byte. Zero-initialize. */
struct rsp_packet {
    uint8_t bytes[RSP_BYTES + 1]; /* unescaped; a NUL behind them */
    size_t n;
    enum { RSP_BETWEEN, RSP_INSIDE, RSP_ESCAPED, RSP_SUM, RSP_SUM_2 } state;
    uint8_t sum, told;
    bool too_long;
};

enum rsp_event {
    RSP_NOTHING,
    RSP_PACKET,     /* is complete, in bytes */
    RSP_BROKEN,     /* its sum is wrong: to be asked for again */
    RSP_INTERRUPT,  /* Ctrl-C */
    RSP_MISSED,     /* the debugger wants our last packet again */
    RSP_IMPOSSIBLE, /* it was longer than we told that we take */
};
enum rsp_event rsp_take(struct rsp_packet *p, uint8_t byte);

/* An answer, as it grows, and then in its frame. What is too long is cut off. */
struct rsp_answer {
    char text[RSP_BYTES + 8]; /* "$", the answer, "#" and two digits */
    size_t n;
};
void rsp_begin(struct rsp_answer *a);
void rsp_end(struct rsp_answer *a);

/* A processor's registers, as KVM has them. */
struct rsp_state {
    struct kvm_regs regs;
    struct kvm_sregs sregs;
    struct kvm_fpu fpu;
};

/* Why the guest stands still. */
struct rsp_stop {
    unsigned cpu;
    enum { STOP_ASKED, STOP_STEP, STOP_BREAKPOINT, STOP_HARDWARE } why; /* asked: by Ctrl-C */
    unsigned slot; /* STOP_HARDWARE: which of hardware[] */
};

/* A breakpoint or watchpoint in a debug register. kind: that of packet Z, 0 for none. */
struct rsp_hardware {
    uint64_t address;
    uint8_t kind, bytes;
};
enum { RSP_Z_CODE = 0, RSP_Z_EXECUTE = 1, RSP_Z_WRITE = 2, RSP_Z_ACCESS = 4 };

/* What a session asks of the machine; false: it cannot be done. */
struct rsp_machine {
    bool (*state)(unsigned cpu, struct rsp_state *s);
    bool (*set_state)(unsigned cpu, const struct rsp_state *s);
    /* n bytes of that processor's virtual memory; how many of them could be read or written. */
    size_t (*read)(unsigned cpu, uint64_t address, uint8_t *bytes, size_t n);
    size_t (*write)(unsigned cpu, uint64_t address, const uint8_t *bytes, size_t n);
    /* A breakpoint in the code there, or none any more. */
    bool (*set_break)(unsigned cpu, uint64_t address, bool put);
};

/* A debugger's session. Zero-initialize, set machine, cpus (VMM_CPUS_MAX at most) and stop. */
struct rsp {
    const struct rsp_machine *machine;
    unsigned cpus;
    unsigned selected; /* whose registers and memory are asked for */
    bool quiet;        /* packets are not acknowledged */
    bool tells_breaks; /* the debugger understands swbreak and hwbreak */
    struct rsp_stop stop;
    struct rsp_hardware hardware[RSP_HW_MAX];
    enum { RSP_STAY, RSP_RUN, RSP_STEP } action[VMM_CPUS_MAX]; /* when the guest goes on */
};

/* What comes of a command. */
enum rsp_next {
    RSP_ANSWERED, /* the answer is to be sent */
    RSP_GO,       /* no answer before the guest stops or ends: action[] tells who runs */
    RSP_DETACH,   /* the answer is to be sent, and the guest let alone */
    RSP_KILL,     /* the answer is to be sent, and the guest ended */
};
enum rsp_next rsp_command(struct rsp *s, const struct rsp_packet *p, struct rsp_answer *a);

/* The answer that tells why the guest stands still, and that it has ended. */
void rsp_stopped(const struct rsp *s, struct rsp_answer *a);
void rsp_exited(int status, struct rsp_answer *a);

/* rsp_registers.c: a processor's registers by GDB's numbers, each as hexadecimal digits in the
 * guest's byte order; "xx" stands for what there is not. Return how many digits; 0: no such. */
#define RSP_REGISTER_DIGITS 32
unsigned rsp_register_count(void);
size_t rsp_register_text(const struct rsp_state *s, unsigned number, char *digits);
/* Returns how many of them were the register's; 0: it is none, or they are no digits. */
size_t rsp_register_set(struct rsp_state *s, unsigned number, const char *digits);
/* Their names and types in XML. */
const char *rsp_register_list(void);

/* A hexadecimal digit's value, or -1. */
static inline int rsp_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

#endif
