# SPDX-License-Identifier: BSD-2-Clause
# Copy must not become a call to memcpy.
NO_IDIOMS = $(if $(findstring clang,$(CC)),-fno-builtin,-fno-tree-loop-distribute-patterns)
CFLAGS_stream/kernels = $(NO_IDIOMS)

# The host build of stream, to hold a guest's against.
$(B)/stream.host: $(wildcard apps/stream/*.[ch]) $(FLAGSTAMP)
	$(HOSTCC) -O2 -g -static $(NO_IDIOMS) apps/stream/*.c -lm -o $@
