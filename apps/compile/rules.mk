# SPDX-License-Identifier: BSD-2-Clause
# tcc is Debian's source as it is, which make suites gets; without it the app says so. What it compiles is its own
# source, preprocessed by itself with this machine's headers; the object has to be the one that it makes as a program
# of this machine, by this machine's compiler.
TCC := $(B)/suites/tcc
SUITES += $(TCC)/hash.h
TCC_OPTIONS := -w -DCONFIG_TCC_STATIC -DCONFIG_TCCBOOT
CFLAGS_compile/main := $(call if_there,compile,$(TCC)/hash.h,-DTCC_THERE -isystem $(TCC))
CFLAGS_compile/object := $(if $(CFLAGS_compile/main),$(CFLAGS_compile/main) -DTCC_TEXT='"$(TCC)/text.c"')
CFLAGS_compile/library := $(if $(CFLAGS_compile/main),$(TCC_OPTIONS) $(CFLAGS_compile/main))

$(TCC)/tcc.c: tools/setup/unpacked.sh
	@$< tcc $(TCC)
	@cd $(TCC) && ./configure > make.log 2>&1 || { tail -n 5 make.log >&2; exit 1; }
	@touch $@

$(TCC)/text.c: $(TCC)/tcc.c
	@cd $(TCC) && $(HOSTCC) -O1 $(TCC_OPTIONS) tcc.c -lm -o tcc
	@cd $(TCC) && ./tcc -E -P -D__linux__=1 -D__linux=1 $(TCC_OPTIONS) -nostdinc -Iinclude -I/usr/include/x86_64-linux-gnu -I/usr/include tcc.c > text.new && mv text.new text.c

$(TCC)/hash.h: $(TCC)/text.c apps/compile/object.c
	@$(HOSTCC) -O1 -DTCC_THERE -DOBJECT_TELLS -DTCC_TEXT='"$<"' $(TCC_OPTIONS) -isystem $(TCC) apps/compile/object.c apps/compile/library.c -lm -o $(TCC)/tell
	@$(TCC)/tell > $@.new && mv $@.new $@
