/* SPDX-License-Identifier: BSD-2-Clause */
/* C's jumps are newlib's; those that keep the signal mask are here. */
#ifndef _LIMPET_SETJMP_H_
#define _LIMPET_SETJMP_H_

#include_next <setjmp.h>
#include <signal.h>

#ifndef sigsetjmp
typedef struct {
    jmp_buf __environment;
    int __masked;
    sigset_t __mask;
} sigjmp_buf[1];

__BEGIN_DECLS
_Noreturn void siglongjmp(sigjmp_buf, int);
__END_DECLS

/* Macros: whoever sets is in the frame that is returned to. */
#define sigsetjmp(environment, masked)                                                             \
    (((environment)[0].__masked = (masked)) != 0                                                   \
         ? pthread_sigmask(SIG_SETMASK, 0, &(environment)[0].__mask)                               \
         : 0,                                                                                      \
     setjmp((environment)[0].__environment))
#define _setjmp(environment)         setjmp(environment)
#define _longjmp(environment, value) longjmp(environment, value)
#endif

#endif
