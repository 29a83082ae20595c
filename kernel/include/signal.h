/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals, as POSIX.1-2008 has them, in one process with threads: docs/apps.md, "Signals". The
 * numbers up to 31 are newlib's, whose own code knows them; a set has bit n for signal n.
 */
#ifndef _SIGNAL_H_
#define _SIGNAL_H_

#include <sys/cdefs.h>
#include <sys/features.h>
#include <sys/types.h>
#include <sys/_sigset.h>
#include <sys/_timespec.h>

#if !defined(_SIGSET_T_DECLARED)
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

typedef int sig_atomic_t;
typedef void (*_sig_func_ptr)(int);
typedef _sig_func_ptr sig_t, sighandler_t, __sighandler_t;

#define SIG_DFL  ((_sig_func_ptr)0)
#define SIG_IGN  ((_sig_func_ptr)1)
#define SIG_HOLD ((_sig_func_ptr)2)
#define SIG_ERR  ((_sig_func_ptr)-1)

#define SIGHUP    1
#define SIGINT    2
#define SIGQUIT   3
#define SIGILL    4
#define SIGTRAP   5
#define SIGABRT   6
#define SIGIOT    SIGABRT
#define SIGEMT    7
#define SIGFPE    8
#define SIGKILL   9
#define SIGBUS    10
#define SIGSEGV   11
#define SIGSYS    12
#define SIGPIPE   13
#define SIGALRM   14
#define SIGTERM   15
#define SIGURG    16
#define SIGSTOP   17
#define SIGTSTP   18
#define SIGCONT   19
#define SIGCHLD   20
#define SIGCLD    SIGCHLD
#define SIGTTIN   21
#define SIGTTOU   22
#define SIGIO     23
#define SIGPOLL   SIGIO
#define SIGXCPU   24
#define SIGXFSZ   25
#define SIGVTALRM 26
#define SIGPROF   27
#define SIGWINCH  28
#define SIGLOST   29
#define SIGUSR1   30
#define SIGUSR2   31
#define SIGRTMIN  32 /* to SIGRTMAX: queued, each with its value, the lowest first */
#define SIGRTMAX  63
#define NSIG      64
#define _NSIG     NSIG

union sigval {
    int sival_int;
    void *sival_ptr;
};
typedef union sigval sigval_t;

#define SIGEV_NONE   1
#define SIGEV_SIGNAL 2
#define SIGEV_THREAD 3

struct sigevent {
    int sigev_notify;
    int sigev_signo;
    union sigval sigev_value;
    void (*sigev_notify_function)(union sigval);
    pthread_attr_t *sigev_notify_attributes;
};

typedef struct {
    int si_signo, si_code, si_errno;
    int si_status;
    pid_t si_pid; /* 1: there is one process */
    uid_t si_uid;
    void *si_addr; /* SIGSEGV, SIGBUS: what was touched; SIGILL, SIGFPE, SIGTRAP: the instruction */
    union sigval si_value;
    long si_band;
    int si_timerid, si_overrun;
} siginfo_t;

/* si_code. Below 1: who sent it; the others: what the processor found. */
#define SI_USER     0
#define SI_QUEUE    (-1)
#define SI_TIMER    (-2)
#define SI_MESGQ    (-3)
#define SI_ASYNCIO  (-4)
#define SI_TKILL    (-6)
#define SI_KERNEL   0x80
#define ILL_ILLOPC  1
#define ILL_ILLOPN  2
#define ILL_ILLADR  3
#define ILL_ILLTRP  4
#define ILL_PRVOPC  5
#define ILL_PRVREG  6
#define ILL_COPROC  7
#define ILL_BADSTK  8
#define FPE_INTDIV  1
#define FPE_INTOVF  2
#define FPE_FLTDIV  3
#define FPE_FLTOVF  4
#define FPE_FLTUND  5
#define FPE_FLTRES  6
#define FPE_FLTINV  7
#define FPE_FLTSUB  8
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
#define BUS_ADRALN  1
#define BUS_ADRERR  2
#define BUS_OBJERR  3
#define TRAP_BRKPT  1
#define TRAP_TRACE  2
/* Of SIGCHLD and SIGPOLL, which nothing here sends. */
#define CLD_EXITED    1
#define CLD_KILLED    2
#define CLD_DUMPED    3
#define CLD_TRAPPED   4
#define CLD_STOPPED   5
#define CLD_CONTINUED 6
#define POLL_IN       1
#define POLL_OUT      2
#define POLL_MSG      3
#define POLL_ERR      4
#define POLL_PRI      5
#define POLL_HUP      6

typedef struct {
    void *ss_sp;
    int ss_flags;
    size_t ss_size; /* bytes */
} stack_t;

#define SS_ONSTACK  1
#define SS_DISABLE  2
#define MINSIGSTKSZ 8192 /* room for the vector state of AVX-512 and a handler */
#define SIGSTKSZ    16384

/* What a handler with SA_SIGINFO finds behind its third argument, and may change: the registers,
 * which the interrupted code goes on with, and its mask. Where the signal came in a call (raise(),
 * a wait) rip, rsp and rbp are known alone, and fpregs is NULL. */
enum {
    REG_R8,
    REG_R9,
    REG_R10,
    REG_R11,
    REG_R12,
    REG_R13,
    REG_R14,
    REG_R15,
    REG_RDI,
    REG_RSI,
    REG_RBP,
    REG_RBX,
    REG_RDX,
    REG_RAX,
    REG_RCX,
    REG_RSP,
    REG_RIP,
    REG_EFL,
    REG_CSGSFS,
    REG_ERR,
    REG_TRAPNO,
    REG_OLDMASK,
    REG_CR2
};
#define NGREG 23
typedef long long greg_t;
typedef greg_t gregset_t[NGREG];

/* The area of XSAVE, or of FXSAVE: SDM vol. 1, 13.4 and 10.5.1. */
typedef struct _fpstate {
    uint16_t cwd, swd, ftw, fop;
    uint64_t rip, rdp;
    uint32_t mxcsr, mxcr_mask;
    uint8_t _st[8][16], _xmm[16][16], _more[96];
} * fpregset_t;

typedef struct {
    gregset_t gregs;
    fpregset_t fpregs;
} mcontext_t;

typedef struct ucontext {
    unsigned long uc_flags;
    struct ucontext *uc_link;
    stack_t uc_stack;
    mcontext_t uc_mcontext;
    sigset_t uc_sigmask;
} ucontext_t;

struct sigaction {
    union {
        _sig_func_ptr sa_handler;
        void (*sa_sigaction)(int, siginfo_t *, void *);
    };
    sigset_t sa_mask;
    int sa_flags;
};

#define SA_NOCLDSTOP 0x01
#define SA_SIGINFO   0x02
#define SA_NOCLDWAIT 0x04
#define SA_ONSTACK   0x08
#define SA_RESTART   0x10
#define SA_NODEFER   0x20
#define SA_NOMASK    SA_NODEFER
#define SA_RESETHAND 0x40
#define SA_ONESHOT   SA_RESETHAND

#define SIG_SETMASK 0
#define SIG_BLOCK   1
#define SIG_UNBLOCK 2

__BEGIN_DECLS

_sig_func_ptr signal(int, _sig_func_ptr);
int raise(int);
int kill(pid_t, int);
int killpg(pid_t, int);
int sigaction(int, const struct sigaction *__restrict, struct sigaction *__restrict);
int siginterrupt(int, int);

int sigemptyset(sigset_t *);
int sigfillset(sigset_t *);
int sigaddset(sigset_t *, int);
int sigdelset(sigset_t *, int);
int sigismember(const sigset_t *, int);

int sigprocmask(int, const sigset_t *__restrict, sigset_t *__restrict);
int pthread_sigmask(int, const sigset_t *__restrict, sigset_t *__restrict);
int sigpending(sigset_t *);
int sigsuspend(const sigset_t *);
int sigwait(const sigset_t *__restrict, int *__restrict);
int sigwaitinfo(const sigset_t *__restrict, siginfo_t *__restrict);
int sigtimedwait(const sigset_t *__restrict, siginfo_t *__restrict,
                 const struct timespec *__restrict);
int sigqueue(pid_t, int, const union sigval);
int pthread_kill(pthread_t, int);
int pthread_sigqueue(pthread_t, int, const union sigval);
int sigaltstack(const stack_t *__restrict, stack_t *__restrict);

/* XSI's older ones: of one signal each. */
int sighold(int);
int sigrelse(int);
int sigignore(int);
int sigpause(int);
_sig_func_ptr sigset(int, _sig_func_ptr);

void psignal(int, const char *);
void psiginfo(const siginfo_t *, const char *);

__END_DECLS

#endif
