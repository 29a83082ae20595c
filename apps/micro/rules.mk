# SPDX-License-Identifier: BSD-2-Clause
# A copy by hand must not become a call to memcpy.
CFLAGS_micro/memory = $(if $(findstring clang,$(CC)),-fno-builtin,-fno-tree-loop-distribute-patterns)
