/* Guests under Firecracker. Read: v1.17.0-dev of August 2026 and its CHANGELOG.md; "untried" stands
 * until somebody has run it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/program.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* src/firecracker/src/main.rs: without a log's path it logs to its standard output, which is the
 * guest's console. From 1.13.0 on it adds the word pci=off to the line of a guest without PCI. */
void firecracker_arguments(const struct program_guest *g, struct args *out)
{
    args_add(out, "firecracker");
    args_words(out, "--no-api --config-file " PROGRAM_CONFIG);
    args_words(out, "--log-path " PROGRAM_LOG " --level Error");
    if (program_version_is(g->version, 1, 13))
        args_add(out, "--enable-pci");
}

/* The resources of src/firecracker/swagger/firecracker.yaml as one object, of which
 * src/vmm/src/resources.rs, struct VmmConfig, must have the drives. */
char *firecracker_config(const struct program_guest *g)
{
    json_t *boot = json_pack("{s:s}", "kernel_image_path", PROGRAM_IMAGE), *all;
    char *text, *copy;

    if (g->line[0])
        json_object_set_new(boot, "boot_args", json_string(g->line));
    else /* none given stands for its default, which is Linux' */
        json_object_set_new(boot, "boot_args", json_string("--"));
    if (g->module)
        json_object_set_new(boot, "initrd_path", json_string(g->module));
    all = json_pack("{s:o, s:{s:i, s:i}, s:[]}", "boot-source", boot, "machine-config",
                    "vcpu_count", (int)g->cpus, "mem_size_mib", (int)g->mem_mib, "drives");
    text = json_dumps(all, JSON_INDENT(2));
    copy = xasprintf("%s\n", text);
    free(text);
    json_decref(all);
    return copy;
}

/* CHANGELOG.md: PVH since 1.12.0; a bzImage, by its 64-bit entry, behind 1.16. */
static const char *too_old(const char *version, const char *door)
{
    if (!strcmp(door, "bz64") && !program_version_is(version, 1, 17))
        return "Firecracker takes a bzImage from version 1.17 on";
    if (!strcmp(door, "pvh") && !program_version_is(version, 1, 12))
        return "Firecracker enters by PVH from version 1.12 on";
    return NULL;
}

const struct program firecracker = {
    .name = "firecracker",
    .title = "Firecracker",
    .version = "--version",
    .behind = "Firecracker v",
    .get = "a release of it from GitHub",
    .source = "v1.17",
    .cpus_max = 32,   /* src/vmm/src/vmm_config/machine_config.rs, MAX_SUPPORTED_VCPUS */
    .line_max = 2047, /* src/vmm/src/arch/x86_64/layout.rs, CMDLINE_MAX_SIZE, with its NUL */
    .takes_module = true,
    .logs = true,
    .refuse = too_old,
    .arguments = firecracker_arguments,
    .config = firecracker_config,
};

static enum offer probe(struct buf *why) { return program_probe(&firecracker, why); }

static const char *const doors[] = {"pvh", "bz64", NULL};

const struct platform platform_firecracker = {
    .name = "firecracker",
    .title = "Firecracker",
    .column = 17,
    .lab = "kvm",
    .hardware = true,
    .interpretable = true,
    .boots = 20,
    .doors = doors,
    .program = &firecracker,
    .probe = probe,
    .run = program_run,
    .refuse = program_refuse,
};
