/* QEMU as a platform: with KVM or without, its leanest machine or a PC with firmware, or with
 * Linux. SPDX-License-Identifier: BSD-2-Clause */
#include "base/proc.h"
#include "host/host.h"
#include "host/place.h"
#include "vm/linux_guest.h"
#include "vm/ovmf.h"
#include "vm/qemu.h"
#include "vm/qemu_boot.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum offer probe_tcg(struct buf *why)
{
    char *argv[] = {QEMU_DEFAULT, "--version", NULL};
    char *version = proc_output(argv);
    const char *number = version ? strstr(version, "version ") : NULL;

    if (number)
        buf_printf(why, "QEMU %.*s, TCG", (int)strcspn(number + 8, "\n"), number + 8);
    else
        buf_str(why, QEMU_DEFAULT " is not here: apt-get install qemu-system-x86");
    free(version);
    return number ? OFFER_NATIVE : OFFER_NO;
}

static enum offer probe_kvm(struct buf *why) { return kvm_probe(why) ? OFFER_NATIVE : OFFER_LAB; }

/* What is here needs OVMF, too. */
static enum offer with_ovmf(enum offer offer, struct buf *why)
{
    struct ovmf ovmf;

    if (offer != OFFER_NATIVE)
        return offer;
    if (ovmf_find(&ovmf)) {
        buf_printf(why, ", %s", ovmf.code);
        return offer;
    }
    buf_clear(why);
    buf_str(why, OVMF_MISSING);
    return OFFER_NO;
}

static enum offer probe_uefi(struct buf *why) { return with_ovmf(probe_tcg(why), why); }

/* Without a lab: QEMU 7.2 ends at an assertion of its own (tcg_handle_interrupt) when OVMF runs
 * under the SVM that it emulates there. */
static enum offer probe_kvm_uefi(struct buf *why)
{
    bool emulated = place()->emulated_by != NULL;

    if (!emulated && probe_kvm(why) == OFFER_NATIVE)
        return with_ovmf(OFFER_NATIVE, why);
    buf_printf(why, "%sit has no lab: OVMF ends the QEMU that emulates SVM there",
               emulated ? "" : "; ");
    return OFFER_NO;
}

/* What is here needs the lab's kernel, too. */
static enum offer with_kernel(enum offer offer, struct buf *why)
{
    char *kernel = linux_kernel();

    if (offer == OFFER_NATIVE && access(kernel, R_OK)) {
        buf_clear(why);
        buf_str(why, "its kernel is the lab's, which is not built: limpet lab build");
        offer = OFFER_NO;
    } else if (offer == OFFER_NATIVE) {
        buf_str(why, ", the lab's Linux");
    }
    free(kernel);
    return offer;
}

static enum offer probe_linux(struct buf *why) { return with_kernel(probe_tcg(why), why); }

static enum offer probe_linux_kvm(struct buf *why) { return with_kernel(probe_kvm(why), why); }

#define TCG .run = qemu_run, .refuse = qemu_refuse
#define KVM .lab = "kvm", .hardware = true, TCG

const struct platform platform_qemu = {
    .name = "qemu",
    .title = "QEMU",
    .column = 3,
    .boots = 20,
    .variant = QEMU_DIRECT,
    .doors = qemu_doors,
    .probe = probe_tcg,
    TCG,
};

const struct platform platform_qemu_bios = {
    .name = "qemu-bios",
    .title = "QEMU-BIOS",
    .column = 8,
    .boots = 3,
    .suites = BOOT_USUALLY,
    .variant = QEMU_BIOS,
    .doors = qemu_bios_doors,
    .probe = probe_tcg,
    TCG,
};

const struct platform platform_qemu_uefi = {
    .name = "qemu-uefi",
    .title = "QEMU-UEFI",
    .column = 9,
    .boots = 2,
    .optional = true,
    .suites = BOOT_USUALLY,
    .variant = QEMU_UEFI,
    .doors = qemu_uefi_doors,
    .probe = probe_uefi,
    TCG,
};

const struct platform platform_kvm = {
    .name = "kvm",
    .title = "KVM",
    .column = 1,
    .boots = 20,
    .variant = QEMU_DIRECT,
    .doors = qemu_doors,
    .probe = probe_kvm,
    KVM,
};

const struct platform platform_kvm_bios = {
    .name = "kvm-bios",
    .title = "KVM-BIOS",
    .column = 10,
    .boots = 2,
    .suites = BOOT_USUALLY,
    .variant = QEMU_BIOS,
    .doors = qemu_bios_doors,
    .probe = probe_kvm,
    KVM,
};

const struct platform platform_kvm_uefi = {
    .name = "kvm-uefi",
    .title = "KVM-UEFI",
    .column = 11,
    .boots = 2,
    .optional = true,
    .suites = BOOT_USUALLY,
    .variant = QEMU_UEFI,
    .doors = qemu_uefi_doors,
    .probe = probe_kvm_uefi,
    .hardware = true,
    TCG,
};

const struct platform platform_linux_qemu = {
    .name = "linux-qemu",
    .title = "Linux, QEMU",
    .column = 22,
    .boots = 3,
    .reference = true,
    .variant = QEMU_LINUX,
    .doors = qemu_linux_doors,
    .probe = probe_linux,
    TCG,
};

const struct platform platform_linux_kvm = {
    .name = "linux-kvm",
    .title = "Linux, KVM",
    .column = 23,
    .boots = 3,
    .reference = true,
    .variant = QEMU_LINUX,
    .doors = qemu_linux_doors,
    .probe = probe_linux_kvm,
    KVM,
};
