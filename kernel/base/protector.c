/* SPDX-License-Identifier: BSD-2-Clause */
/* gcc's stack protector (-mstack-protector-guard=global): a word that stands above each array. */
#include "base/panic.h"
#include "base/symbols.h"
#include <stdint.h>

extern uintptr_t __stack_chk_guard;
uintptr_t __stack_chk_guard; /* arch_cpu_init() chooses it */

_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail(void)
{
    uint64_t offset, caller = (uint64_t)__builtin_return_address(0);
    panic("stack smashed: %s() wrote beyond an array on its stack",
          symbol_name(caller - 1, &offset));
}
