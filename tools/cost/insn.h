// SPDX-License-Identifier: BSD-2-Clause
// The one place where the versions of the plugin API differ: from 3 on an instruction's bytes are
// copied out.
#ifndef COST_INSN_H
#define COST_INSN_H

#include <string.h>

#include "qemu-plugin.h"

// Copies at most `room` of the instruction's bytes; returns how many.
static inline size_t insn_bytes(const struct qemu_plugin_insn *insn, unsigned char *to, size_t room)
{
#if QEMU_PLUGIN_VERSION >= 3
    return qemu_plugin_insn_data(insn, to, room);
#else
    size_t size = qemu_plugin_insn_size(insn);
    size = size < room ? size : room;
    memcpy(to, qemu_plugin_insn_data(insn), size);
    return size;
#endif
}

#endif
