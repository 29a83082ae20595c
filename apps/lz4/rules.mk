# SPDX-License-Identifier: BSD-2-Clause
# LZ4's library is Debian's source as it is, which make suites gets; without it the app says so.
LZ4 := $(B)/suites/lz4
SUITES += $(LZ4)/lib/lz4.c
CFLAGS_lz4/main := $(call if_there,lz4,$(LZ4)/lib/lz4.c,-DLZ4_THERE -isystem $(LZ4)/lib)
CFLAGS_lz4/library := $(if $(CFLAGS_lz4/main),-w $(CFLAGS_lz4/main))

$(LZ4)/lib/lz4.c: tools/setup/unpacked.sh
	@$< lz4 $(LZ4)
	@touch $@
