/* Published claims: QEMU with control-flow integrity beside QEMU without.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "replay/replay.h"

#include <stddef.h>

#define NO_LINUX  "one run each; ours starts no Fedora"
#define NO_DOCKER "no containers; limpet bench qemu-cfi has a guest's whole life"
#define NO_BLOCK  "no block devices yet"
#define NO_NET    "no network yet"

/* Two runs of the build with CFI, then two of that without. */
#define TWICE(text, why, a, again, b, b_again, unit_is)                                            \
    .label = (text), .theirs = #a ", " #again " against " #b ", " #b_again " " unit_is,            \
    .twice = {a, again, b, b_again}, .none = (why)
#define BOOT(text, cfi, plain)                                                                     \
    .label = (text), .theirs = #cfi " against " #plain " s", .none = NO_LINUX

const struct replay_claim qemu_cfi_claims[] = {
    {.section = "Boot, CFI against default", BOOT("PC i440fx, TCG", 186.67, 186.68)},
    {BOOT("PC i440fx, KVM", 29.67, 30.49)},
    {BOOT("PC q35, TCG", 176.08, 186.14)},
    {BOOT("PC q35, KVM", 14.88, 14.90)},
    {BOOT("Aarch64 virt, TCG", 251.60, 258.42)},
    {BOOT("PPC64 pseries, TCG", 193.01, 195.63)},
    {BOOT("S390X CCW virtio, TCG", 341.06, 346.33)},
    {.section = "CFI twice against default twice",
     TWICE("life cycle of a container", NO_DOCKER, 2.12, 2.12, 2.11, 2.11, "s")},
    {TWICE("read, row 1", NO_BLOCK, 232.5, 238.2, 232.4, 224, "MB/s")},
    {TWICE("read, row 2", NO_BLOCK, 256.4, 255, 241, 253.1, "MB/s")},
    {TWICE("read, row 3", NO_BLOCK, 268.7, 255.1, 249.1, 254.9, "MB/s")},
    {TWICE("read, row 4", NO_BLOCK, 262.1, 261.3, 263.1, 247.9, "MB/s")},
    {TWICE("read, row 5", NO_BLOCK, 272.4, 253, 273.6, 271.5, "MB/s")},
    {TWICE("write, row 1", NO_BLOCK, 229.9, 228.2, 234.3, 234.7, "MB/s")},
    {TWICE("write, row 2", NO_BLOCK, 264.7, 252.5, 238.8, 247.6, "MB/s")},
    {TWICE("write, row 3", NO_BLOCK, 255.8, 258.8, 246.3, 246, "MB/s")},
    {TWICE("write, row 4", NO_BLOCK, 254, 244.9, 249.4, 250.9, "MB/s")},
    {TWICE("write, row 5", NO_BLOCK, 260, 248.2, 260.9, 252.9, "MB/s")},
    {TWICE("network", NO_NET, 1.37, 1.41, 1.4, 1.38, "instructions a cycle")},
    {.label = NULL},
};

const char *const qemu_cfi_notes[] = {
    "Ours are three builds of one set of features, in turn, with an interval for each row: limpet "
    "lab build qemu-cfi, limpet bench qemu-cfi. By KVM: limpet compare qemu-cfi -p kvm --a "
    "\"--qemu "
    "PLAIN\" --b \"--qemu CFI\".",
    "Each pair of theirs was measured twice, which tells its own noise: the word before none is "
    "computed of their figures alone.",
    "Their boots are the whole time of a test, with the preparation of its image and the shutdown, "
    "to a sign of life over the network.",
    NULL,
};

const char *const qemu_cfi_faults[] = {
    "All seven boots favour the build with CFI. More checks do not make code faster: seven of "
    "seven is chance in 1 of 64 (two-sided), or the builds differ by more.",
    "They do: QEMU's --enable-cfi implies link-time optimization, and the default build of the two "
    "command lines has none. What was measured is CFI and LTO against neither.",
    "Each boot ran once: no spread is known, and 0.01 % stands beside 5.40 % for one machine type "
    "and the next.",
    "The five rows of storage all say 4k and grow from the first to the last: they are most likely "
    "the sizes 4, 8, 16, 32 and 64 KiB. The jobs for random access were set to read and write in "
    "sequence, as the benchmark's public sources have it.",
    "Instructions per cycle are no cost: a build that executes more instructions for the same "
    "bytes may have more of them in a cycle. Cycles per byte would tell.",
    "The life cycle is given in steps of 0.01 s, 0.5 % of it: 2.12 and 2.11 are one step apart.",
    NULL,
};
