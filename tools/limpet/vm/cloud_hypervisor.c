/* Guests under Cloud Hypervisor. Read: v53.0 and its main branch of August 2026; "untried" stands
 * until somebody has run it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/program.h"
#include "base/proc.h"

/* cloud-hypervisor/src/main.rs. Values are joined to their options, as a line may begin with "--".
 */
void cloud_hypervisor_arguments(const struct program_guest *g, struct args *out)
{
    args_add(out, "cloud-hypervisor");
    args_addf(out, "--event-monitor=fd=%d", PROC_EXTRA_FD);
    args_addf(out, "--cpus=boot=%u", g->cpus);
    args_addf(out, "--memory=size=%uM", g->mem_mib);
    args_words(out, "--serial=tty --console=off --kernel=" PROGRAM_IMAGE);
    if (g->module)
        args_addf(out, "--initramfs=%s", g->module);
    if (g->line[0])
        args_addf(out, "--cmdline=%s", g->line);
}

const struct program cloud_hypervisor = {
    .name = "cloud-hypervisor",
    .title = "Cloud Hypervisor",
    .version = "--version",
    .behind = "cloud-hypervisor ",
    .get = "a release of it from GitHub",
    .source = "v53",
    .line_max = 65535, /* arch/src/x86_64/layout.rs, CMDLINE_MAX_SIZE, with its NUL */
    .takes_module = true,
    .reads_terminal = true, /* vmm/src/serial_manager.rs: asks isatty() */
    /* vmm/src/lib.rs, vm_reboot(): a reset, by the keyboard controller or by a triple fault, boots
     * the guest again. */
    .reset_event = "\"rebooting\"",
    .arguments = cloud_hypervisor_arguments,
};

static enum offer probe(struct buf *why) { return program_probe(&cloud_hypervisor, why); }

/* vmm/src/vm.rs, load_kernel(): a bzImage by its 32-bit entry. */
static const char *const doors[] = {"pvh", "bz32", NULL};

const struct platform platform_cloud_hypervisor = {
    .name = "cloud-hypervisor",
    .title = "Cloud Hypervisor",
    .column = 18,
    .lab = "kvm",
    .hardware = true,
    .interpretable = true,
    .boots = 20,
    .doors = doors,
    .program = &cloud_hypervisor,
    .probe = probe,
    .run = program_run,
    .refuse = program_refuse,
};
