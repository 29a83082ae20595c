/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot story, from the first C instruction to the app's thread. docs/boot.md tells it in words.
 */
#include "arch.h"
#include "boot/args.h"
#include "boot/info.h"
#include "base/console.h"
#include "base/ledger.h"
#include "mm/page.h"
#include "base/panic.h"
#include "base/platform.h"
#include "sched/sched.h"
#include "sched/stack.h"
#include "base/time.h"
#include "mm/vm.h"

#define MEMORY_LEAST (15ull << 20) /* of the 16 MiB that a machine must have */

static struct boot_info boot_info;
extern char __image_end[], __free_start[];

static void reached(const char *name) { ledger_add(name, cpu_stamp()); }

static void choose_platform(void)
{
    char signature[13];
    arch_hypervisor(signature);
    for (const struct platform *const *p = platforms; platform == 0; p++)
        if ((*p)->probe(&boot_info, signature))
            platform = *p; /* the last one takes every machine */
    platform->early_init(&boot_info);
}

/* The pages that a module lies in are nobody else's. */
static uint64_t set_aside_modules(void)
{
    for (uint32_t i = 0; i < boot_info.module_count; i++)
        boot_info_set_aside(&boot_info, boot_info.modules[i].base, boot_info.modules[i].size);
    return boot_info.modules_bytes;
}

static void init_memory(void)
{
    /* below 1 MiB lies what firmware left, and there the image begins */
    uint64_t have = set_aside_modules() + (uint64_t)__image_end;
    uint64_t pages = page_init(&boot_info, (uint64_t)__free_start);
    have += pages * PAGE_SIZE;
    if (boot_info.ram_lost != 0)
        kprintf("LIMPET: The memory map has more than %d pieces: %lu KiB of RAM in the smallest "
                "are not used.\n",
                BOOT_RANGES, (unsigned long)(boot_info.ram_lost >> 10));
    if (have < MEMORY_LEAST)
        panic("%lu MiB of memory is too little: Limpet needs at least 16.",
              (unsigned long)((have + (1 << 20) - 1) >> 20));
    stack_make_main(limpet_main_stack, pages);
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
    const char *wrong = boot_info_parse(info, &loader, &boot_info, protocol);
    paging_drop_null();
    if (boot_info.stub_tsc != 0)
        ledger_add_first("stub", boot_info.stub_tsc);
    reached("boot info");
    choose_platform();
    reached("platform");
    if (wrong != 0)
        panic("%s", wrong);
    if (boot_info.range_count == 0)
        panic("Neither the loader nor the hypervisor gives a memory map.");
    if (boot_info.truncated)
        panic("The arguments are longer than %d bytes.", BOOT_STRINGS - 1);
    init_memory();
    reached("memory");
    args_read(&boot_info);
    for (struct boot_reader *r = boot_readers; r != boot_readers_end; r++)
        r->read(&boot_info);
    reached("arguments");
    struct thread *app;
    if (thread_create(app_thread, 0, limpet_main_stack, 0, SCHEDULED_AS_USUAL, &app) != 0)
        panic("No memory is left for the main thread's stack.");
    sched_idle();
}
