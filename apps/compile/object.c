/* SPDX-License-Identifier: BSD-2-Clause */
/* tcc's library at work: see object.h. */
#ifdef TCC_THERE
#include "object.h"
#include <libtcc.h>
#include <stdio.h>
#include <unistd.h>

/* TCC_TEXT: where make suites has put it. */
__asm__(".pushsection .rodata\n"
        ".globl object_text\n"
        "object_text: .incbin \"" TCC_TEXT "\"\n"
        ".byte 0\n"
        ".popsection");

/* In memory, if the system has such a place. */
static const char *path(void)
{
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm/limpet-compile.o" : "/tmp/limpet-compile.o";
}

bool object_make(void)
{
    TCCState *tcc = tcc_new();
    if (tcc == NULL)
        return false;
    tcc_set_options(tcc, "-w");
    tcc_set_output_type(tcc, TCC_OUTPUT_OBJ);
    bool made = tcc_compile_string(tcc, object_text) == 0 && tcc_output_file(tcc, path()) == 0;
    tcc_delete(tcc);
    return made;
}

struct object object_take(void)
{
    struct object o = {0, 0xcbf29ce484222325}; /* FNV-1a's offset and prime, of 64 bits */
    FILE *f = fopen(path(), "rb");
    for (int c; f != NULL && (c = getc(f)) != EOF; o.bytes++)
        o.hash = (o.hash ^ (unsigned)c) * 0x100000001b3;
    if (f != NULL)
        fclose(f);
    unlink(path());
    return o;
}

#ifdef OBJECT_TELLS /* make suites: what it has to be */
int main(void)
{
    bool made = object_make();
    struct object o = object_take();
    printf("#define OBJECT_BYTES %zu\n#define OBJECT_HASH  0x%llx\n", o.bytes,
           (unsigned long long)o.hash);
    return !made || o.bytes == 0;
}
#endif
#endif
