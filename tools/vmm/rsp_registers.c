/* SPDX-License-Identifier: BSD-2-Clause */
/* A processor's registers as GDB numbers and knows them: "org.gnu.gdb.i386.core" and so on (GDB
 * manual, G.5.8), in that order, and some of the system's. */
#include "rsp.h"
#include <stdio.h>
#include <string.h>

enum type { INT, CODE, DATA, FLOAT, VECTOR };
static const char *const types[] = {"int", "code_ptr", "data_ptr", "i387_ext", "vec128"};

struct reg {
    char name[10];
    uint8_t bytes;  /* for GDB */
    uint8_t stored; /* in struct rsp_state; 0: it has none */
    uint8_t type;
    bool begins; /* the next feature */
    uint16_t at;
};

#define R(field) offsetof(struct rsp_state, field), .stored = sizeof(((struct rsp_state *)0)->field)
#define GENERAL(name)                                                                              \
    {                                                                                              \
#name, 8, .at = R(regs.name)                                                               \
    }
#define SEGMENT(name)                                                                              \
    {                                                                                              \
#name, 4, .at = R(sregs.name.selector)                                                     \
    }
#define X87(i)                                                                                     \
    {                                                                                              \
        "st" #i, 10, .type = FLOAT, .at = R(fpu.fpr[i])                                            \
    }
#define XMM(i)                                                                                     \
    {                                                                                              \
        "xmm" #i, 16, .type = VECTOR, .at = R(fpu.xmm[i])                                          \
    }

static const struct reg table[] = {
    {"rax", 8, .begins = true, .at = R(regs.rax)},
    GENERAL(rbx),
    GENERAL(rcx),
    GENERAL(rdx),
    GENERAL(rsi),
    GENERAL(rdi),
    {"rbp", 8, .type = DATA, .at = R(regs.rbp)},
    {"rsp", 8, .type = DATA, .at = R(regs.rsp)},
    GENERAL(r8),
    GENERAL(r9),
    GENERAL(r10),
    GENERAL(r11),
    GENERAL(r12),
    GENERAL(r13),
    GENERAL(r14),
    GENERAL(r15),
    {"rip", 8, .type = CODE, .at = R(regs.rip)},
    {"eflags", 4, .at = R(regs.rflags)},
    SEGMENT(cs),
    SEGMENT(ss),
    SEGMENT(ds),
    SEGMENT(es),
    SEGMENT(fs),
    SEGMENT(gs),
    X87(0),
    X87(1),
    X87(2),
    X87(3),
    X87(4),
    X87(5),
    X87(6),
    X87(7),
    {"fctrl", 4, .at = R(fpu.fcw)},
    {"fstat", 4, .at = R(fpu.fsw)},
    {"ftag", 4, .stored = 0},
    {"fiseg", 4, .stored = 0},
    {"fioff", 4, .at = R(fpu.last_ip)},
    {"foseg", 4, .stored = 0},
    {"fooff", 4, .at = R(fpu.last_dp)},
    {"fop", 4, .at = R(fpu.last_opcode)},
    {"xmm0", 16, .type = VECTOR, .begins = true, .at = R(fpu.xmm[0])},
    XMM(1),
    XMM(2),
    XMM(3),
    XMM(4),
    XMM(5),
    XMM(6),
    XMM(7),
    XMM(8),
    XMM(9),
    XMM(10),
    XMM(11),
    XMM(12),
    XMM(13),
    XMM(14),
    XMM(15),
    {"mxcsr", 4, .at = R(fpu.mxcsr)},
    {"fs_base", 8, .begins = true, .at = R(sregs.fs.base)},
    {"gs_base", 8, .at = R(sregs.gs.base)},
    {"cr0", 8, .begins = true, .at = R(sregs.cr0)},
    {"cr2", 8, .at = R(sregs.cr2)},
    {"cr3", 8, .at = R(sregs.cr3)},
    {"cr4", 8, .at = R(sregs.cr4)},
    {"cr8", 8, .at = R(sregs.cr8)},
    {"efer", 8, .at = R(sregs.efer)},
};
#define REGISTERS (sizeof table / sizeof *table)

static const char *const features[] = {"org.gnu.gdb.i386.core", "org.gnu.gdb.i386.sse",
                                       "org.gnu.gdb.i386.segments", "org.limpet.system"};

unsigned rsp_register_count(void) { return REGISTERS; }

/* What of it is stored: of x87 registers 10 of 16 bytes, of a 64-bit rflags 4. */
static size_t stored(const struct reg *r) { return r->stored < r->bytes ? r->stored : r->bytes; }

size_t rsp_register_text(const struct rsp_state *s, unsigned number, char *digits)
{
    if (number >= REGISTERS)
        return 0;
    const struct reg *r = &table[number];
    const uint8_t *bytes = (const uint8_t *)s + r->at;
    for (size_t i = 0; i < r->bytes; i++) {
        uint8_t byte = i < stored(r) ? bytes[i] : 0;
        digits[2 * i] = r->stored == 0 ? 'x' : "0123456789abcdef"[byte >> 4];
        digits[2 * i + 1] = r->stored == 0 ? 'x' : "0123456789abcdef"[byte & 15];
    }
    return 2u * r->bytes;
}

size_t rsp_register_set(struct rsp_state *s, unsigned number, const char *digits)
{
    if (number >= REGISTERS)
        return 0;
    const struct reg *r = &table[number];
    uint8_t bytes[RSP_REGISTER_DIGITS / 2];
    bool unknown = digits[0] == 'x';
    for (size_t i = 0; i < r->bytes; i++) {
        int high = rsp_digit(digits[2 * i]), low = high < 0 ? -1 : rsp_digit(digits[2 * i + 1]);
        if (unknown && digits[2 * i] == 'x' && digits[2 * i + 1] == 'x')
            continue;
        if (unknown || low < 0)
            return 0;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    if (!unknown)
        memcpy((uint8_t *)s + r->at, bytes, stored(r));
    return 2u * r->bytes;
}

const char *rsp_register_list(void)
{
    static char xml[RSP_LIST_BYTES];
    if (xml[0] != '\0')
        return xml;
    size_t n = (size_t)snprintf(xml, sizeof xml,
                                "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
                                "<target><architecture>i386:x86-64</architecture>"),
           feature = 0;
    for (const struct reg *r = table; r < table + REGISTERS; r++) {
        if (r->begins)
            n += (size_t)snprintf(xml + n, sizeof xml - n, "%s<feature name=\"%s\">",
                                  feature != 0 ? "</feature>" : "", features[feature]);
        if (r->begins && feature++ == 1)
            n += (size_t)snprintf(xml + n, sizeof xml - n,
                                  "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>"
                                  "<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>"
                                  "<union id=\"vec128\"><field name=\"v4_float\" type=\"v4f\"/>"
                                  "<field name=\"v2_double\" type=\"v2d\"/>"
                                  "<field name=\"uint128\" type=\"uint128\"/></union>");
        n += (size_t)snprintf(xml + n, sizeof xml - n, "<reg name=\"%s\" bitsize=\"%u\" type=\"%s",
                              r->name, 8u * r->bytes, types[r->type]);
        if (r->type == INT)
            n += (size_t)snprintf(xml + n, sizeof xml - n, "%u", 8u * r->bytes);
        n += (size_t)snprintf(xml + n, sizeof xml - n, "\"/>");
    }
    snprintf(xml + n, sizeof xml - n, "</feature></target>");
    return xml;
}
