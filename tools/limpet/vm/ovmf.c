/* OVMF, the UEFI of QEMU's PCs: where this machine has it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/ovmf.h"
#include "host/place.h"

#include <unistd.h>

/* Without Secure Boot, as raw images. */
static const struct ovmf known[] = {
    {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"}, /* Debian, Ubuntu */
    {"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"},
    {"/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"},     /* Fedora */
    {"/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"}, /* Arch */
    {"/usr/share/edk2/x64/OVMF_CODE.fd", "/usr/share/edk2/x64/OVMF_VARS.fd"},
    {"/usr/share/edk2-ovmf/OVMF_CODE.fd", "/usr/share/edk2-ovmf/OVMF_VARS.fd"},       /* Gentoo */
    {"/usr/share/qemu/ovmf-x86_64-code.bin", "/usr/share/qemu/ovmf-x86_64-vars.bin"}, /* SUSE */
    {"/usr/share/qemu/edk2-x86_64-code.fd", "/usr/share/qemu/edk2-i386-vars.fd"}, /* QEMU's own */
    {"/usr/local/share/qemu/edk2-x86_64-code.fd", "/usr/local/share/qemu/edk2-i386-vars.fd"},
};

static bool is_there(const struct ovmf *o)
{
    return !access(o->code, R_OK) && !access(o->vars, R_OK);
}

bool ovmf_find(struct ovmf *ovmf)
{
    *ovmf = (struct ovmf){place()->ovmf_code, place()->ovmf_vars};
    if (ovmf->code || ovmf->vars)
        return ovmf->code && ovmf->vars && is_there(ovmf);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is_there(&known[i])) {
            *ovmf = known[i];
            return true;
        }
    return false;
}
