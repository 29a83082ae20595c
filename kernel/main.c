/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot story, from the first C instruction to the app's thread. docs/boot.md tells it in words.
 */
#include "arch.h"
#include "args.h"
#include "boot_info.h"
#include "cpu.h"
#include "fs.h"
#include "ledger.h"
#include "page.h"
#include "panic.h"
#include "platform.h"
#include "sched.h"
#include "time.h"
#include "vm.h"

#define MEMORY_FLOOR 0x100000ull   /* below 1 MiB lies what firmware left */
#define MEMORY_LEAST (15ull << 20) /* of the 16 MiB that a machine must have */

struct stamp ledger[LEDGER_MAX];
unsigned ledger_count;
const struct platform *platform;

static struct boot_info boot_info;
extern char __text_start[], __image_end[];

static void reached(const char *name) { ledger_add(name, rdtsc()); }

static void choose_platform(void)
{
    char signature[13];
    arch_hypervisor(signature);
    for (const struct platform *const *p = platforms; platform == 0; p++)
        if ((*p)->probe(&boot_info, signature))
            platform = *p; /* the last one takes every machine */
    platform->early_init(&boot_info);
}

static void init_memory(void)
{
    uint64_t pages =
        page_init(&boot_info, MEMORY_FLOOR, (uint64_t)__text_start, (uint64_t)__image_end);
    uint64_t have = pages * PAGE_SIZE + (uint64_t)__image_end;
    for (uint32_t i = 0; i < boot_info.module_count; i++)
        have += boot_info.modules[i].size;
    if (have < MEMORY_LEAST)
        panic("%lu MiB of memory is too little: Limpet needs at least 16.",
              (unsigned long)((have + (1 << 20) - 1) >> 20));
    paging_init(&boot_info);
}

_Noreturn void boot_main(uint32_t protocol, uint64_t info, uint64_t entry_tsc, uint64_t long_tsc);
_Noreturn void boot_main(uint32_t protocol, uint64_t info, uint64_t entry_tsc, uint64_t long_tsc)
{
    const struct phys_view loader = {0, 0, 1ull << 30};

    ledger_add("door", entry_tsc);
    ledger_add("long mode", long_tsc);
    time_tsc_at_entry = boot_info.entry_tsc = entry_tsc;
    sched_init(&boot_cpu);
    arch_cpu_init(&boot_cpu.base);
    reached("cpu");
    const char *wrong = boot_info_parse(protocol, info, &loader, &boot_info);
    paging_drop_null();
    reached("boot info");
    choose_platform();
    reached("platform");
    if (wrong != 0)
        panic("%s", wrong);
    if (boot_info.range_count == 0)
        panic("Neither the loader nor the hypervisor gives a memory map.");
    if (boot_info.truncated)
        panic("The loader gave more than %d memory ranges, %d modules or %d bytes of arguments.",
              BOOT_RANGES, BOOT_MODULES, BOOT_STRINGS);
    init_memory();
    reached("memory");
    args_read(boot_info.cmdline);
    fs_init(&boot_info);
    reached("arguments");
    struct thread *app;
    if (thread_create(app_thread, 0, limpet_main_stack, PRIORITY_DEFAULT, &app) != 0)
        panic("No memory is left for the main thread's stack.");
    sched_idle();
}
