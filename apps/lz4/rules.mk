# SPDX-License-Identifier: BSD-2-Clause
# LZ4's library is Debian's source as it is, which make suites gets; without it the app says so.
LZ4 := $(B)/suites/lz4
LZ4_THERE := $(wildcard $(LZ4)/lib/lz4.c)
CFLAGS_lz4/main := $(if $(LZ4_THERE),-DLZ4_THERE -isystem $(LZ4)/lib)
CFLAGS_lz4/library := $(if $(LZ4_THERE),-DLZ4_THERE -w -isystem $(LZ4)/lib)
$(shell mkdir -p $(B)/suites; echo '$(LZ4_THERE)' | cmp -s - $(B)/suites/lz4.there || echo '$(LZ4_THERE)' > $(B)/suites/lz4.there)
$(foreach file,main library,$(B)/obj/apps/lz4/$(file).c.o $(B)/linux/apps/lz4/$(file).c.o): $(B)/suites/lz4.there

$(LZ4)/lib/lz4.c: tools/setup/source.sh
	@mkdir -p $(B)/suites/lists
	@[ -d $(B)/suites/lz4.source ] || SOURCE_LISTS=$(B)/suites/lists tools/setup/source.sh lz4 - $(B)/suites/lz4.source
	@rm -rf $(LZ4).new && mkdir $(LZ4).new
	@tar -xf $$(find $(B)/suites/lz4.source -name '*.orig.tar.*' ! -name '*.asc') -C $(LZ4).new --strip-components=1 && touch $(LZ4).new/lib/lz4.c
	@rm -rf $(LZ4) && mv $(LZ4).new $(LZ4)

# What suites measure that is not ours: sources, and OpenMP's library. Then `make` builds with them.
.PHONY: suites
suites: $(LZ4)/lib/lz4.c $(LINK)
	@grep -q '^cc=.*clang' $(B)/limpet-cc || $(B)/setup/gcc-libs.sh openmp > /dev/null
