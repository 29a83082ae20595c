# SPDX-License-Identifier: BSD-2-Clause
# Host-built tests under sanitizers, a folder for each part of the house: kernel, platform, vmm, image
# (mksym) by themselves, limpet with all of the host tool. And the fuzzers. Included by the top Makefile.
#
#   make unit                     builds and runs all; the counts go to $(B)/tests/unit.summary
#   make fuzz                     builds and runs the fuzzers, with clang: FUZZ_SECONDS each (600), those
#                                 of FUZZ (all), as many at once as -j says
#   make fuzz-corpus              keeps the best of what they learnt in tests/fuzz/corpus

UNIT      := $(B)/tests
SANITIZE  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1
UNITFLAGS := -std=gnu11 -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow \
 -D_GNU_SOURCE -DLIMPET_HOST -iquote kernel -iquote arch/x86_64 -iquote platform -iquote . -isystem $(XENINC) \
 -iquote tests/unit -iquote tests/fuzz

# One program a file; a test includes the kernel's files that it is about.
UNIT_TESTS := $(patsubst tests/unit/%.c,$(UNIT)/%,$(filter-out tests/unit/limpet/%,$(wildcard tests/unit/*/*.c)))
TOOL_TESTS := $(patsubst tests/unit/%.c,$(UNIT)/%,$(wildcard tests/unit/limpet/*.c))

# The allocator's test counts basic blocks.
UNITFLAGS_kernel/test_page := -fsanitize-coverage=trace-pc
# Formats that are drawn.
UNITFLAGS_kernel/test_snprintf := -Wno-format-nonliteral -Wno-format-security -Wno-format

# What has a struct local sees a stand-in for newlib's part of it.
UNITFLAGS_kernel/test_malloc := -isystem tests/unit/newlib

$(UNIT_TESTS): $(UNIT)/%: tests/unit/%.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(UNITFLAGS) $(SANITIZE) $(UNITFLAGS_$*) -MMD -MP -MF $@.d $< $(filter %.o,$^) -o $@ -lcmocka -lm

# Assembly that takes the place of the host's library, under names of its own.
STRINGS := memcpy memmove memset memcmp strlen
$(UNIT)/kernel/test_libc: $(UNIT)/obj/setjmp.o
$(UNIT)/kernel/test_string: $(UNIT)/obj/memory.o $(UNIT)/obj/string.o
$(UNIT)/obj/setjmp.o: arch/x86_64/libc/setjmp.S $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(foreach f,setjmp longjmp,-D$(f)=limpet_$(f)) -c $< -o $@
$(UNIT)/obj/memory.o: arch/x86_64/memory.S $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) -c $< -o $@
	objcopy $(STRINGS:%=-L %) $@
$(UNIT)/obj/string.o: apps/libc/string.S $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) -c $< -o $@
	objcopy $(foreach f,$(STRINGS),--redefine-sym $(f)=vector_$(f)) \
	 $(foreach v,vectors long_end patience,--globalize-symbol=$(v)) $@

$(UNIT)/mksym: tools/image/mksym.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOSTFLAGS) $(SANITIZE) $< -o $@

# The host tool once more, for its tests.
UNIT_TOOL := $(patsubst tools/limpet/%.c,$(UNIT)/obj/tool/%.o,$(filter-out %/main.c,$(TOOL_SRC))) $(INITRD)
$(UNIT)/obj/tool/%.o: tools/limpet/%.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOSTFLAGS) $(SANITIZE) -MMD -MP -c $< -o $@

$(UNIT)/obj/limpet/%.o: tests/unit/limpet/%.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOSTFLAGS) $(SANITIZE) -MMD -MP -c $< -o $@

$(TOOL_TESTS): $(UNIT)/%: $(UNIT)/obj/%.o $(UNIT_TOOL)
	@mkdir -p $(@D)
	$(HOSTCC) $(SANITIZE) $^ -ljansson -lm -lcmocka -o $@

# What verdicts are worth, simulated: many tries, so without sanitizers.
$(UNIT)/simulate: tests/verdict/simulate.c $(addprefix tools/limpet/,$(addsuffix .c,$(addprefix stats/,difference turns distribution stats) base/random base/buf)) $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOSTFLAGS) -MMD -MP -MF $@.d $(filter-out %/turns.c,$(filter %.c,$^)) -lm -o $@

unit: $(UNIT_TESTS) $(TOOL_TESTS) $(UNIT)/mksym $(UNIT)/simulate
	@CC="$(HOSTCC)" MKSYM="$(abspath $(UNIT)/mksym)" KERNEL="$(abspath kernel)" \
	 tests/unit/run.sh $(UNIT)/unit.summary $(UNIT_TESTS) $(TOOL_TESTS)

# Fuzzers: clang's libFuzzer. What they have learnt is kept in tests/fuzz/corpus, what they learn and
# find on the way in $(B)/fuzz.
FUZZ_DIR     := $(B)/fuzz
FUZZ_CORPUS  := tests/fuzz/corpus
FUZZERS      := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ         ?= $(FUZZERS)
FUZZ_SECONDS ?= 600
FUZZ_FLAGS    = -max_len=4096 -timeout=5 -rss_limit_mb=1024 $(FUZZ_OPTIONS)

FUZZ_LIBS_archive := -lcmocka # its tree is the unit tests'
$(FUZZ_DIR)/bin/%: tests/fuzz/fuzz_%.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	clang $(UNITFLAGS) $(SANITIZE) -fsanitize=fuzzer -MMD -MP -MF $@.d $< -o $@ $(FUZZ_LIBS_$*)

# Those of the host tool, with all of it.
FUZZ_TOOL := $(patsubst tools/limpet/%.c,$(FUZZ_DIR)/tool/%.o,$(filter-out %/main.c,$(TOOL_SRC))) $(INITRD)
$(FUZZ_DIR)/tool/%.o: tools/limpet/%.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	clang $(HOSTFLAGS) $(SANITIZE) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@
$(patsubst %,$(FUZZ_DIR)/bin/%,$(filter tool_%,$(FUZZERS))): $(FUZZ_DIR)/bin/%: tests/fuzz/fuzz_%.c $(FUZZ_TOOL)
	@mkdir -p $(@D)
	clang $(HOSTFLAGS) $(SANITIZE) -fsanitize=fuzzer -MMD -MP -MF $@.d $< \
	 $(FUZZ_TOOL) -ljansson -lm -o $@

$(FUZZ_DIR)/seeds: tests/fuzz/seeds.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(UNITFLAGS) $(SANITIZE) -MMD -MP -MF $@.d $< -o $@

.PHONY: fuzz fuzz-corpus $(FUZZERS:%=fuzz-%) $(FUZZERS:%=merge-%)
fuzz:
	$(if $(filter-out $(FUZZERS),$(FUZZ)),$(error no fuzzer $(filter-out $(FUZZERS),$(FUZZ)); there are $(FUZZERS)))
	@$(MAKE) --no-print-directory -k $(FUZZ:%=fuzz-%)

$(FUZZERS:%=fuzz-%): fuzz-%: $(FUZZ_DIR)/bin/% $(FUZZ_DIR)/seeds
	@$(FUZZ_DIR)/seeds $(FUZZ_DIR)/corpus
	@mkdir -p $(FUZZ_DIR)/corpus/$* $(FUZZ_CORPUS)/$*
	@nice $< -max_total_time=$(FUZZ_SECONDS) $(FUZZ_FLAGS) -artifact_prefix=$(FUZZ_DIR)/$*- \
	 $(FUZZ_DIR)/corpus/$* $(FUZZ_CORPUS)/$* > $(FUZZ_DIR)/$*.log 2>&1 || \
	 { tail -n 40 $(FUZZ_DIR)/$*.log; sed -n 's|.*Test unit written to |fuzz $*: FOUND, again by: $< |p' $(FUZZ_DIR)/$*.log; exit 1; }
	@echo "fuzz $*: $$(tail -n 1 $(FUZZ_DIR)/$*.log), $$(ls $(FUZZ_DIR)/corpus/$* | wc -l) inputs kept"

# Of all that covers the same the least, and of that no more than 90 files, the smallest.
fuzz-corpus: $(FUZZ:%=merge-%)
	@du -sb $(FUZZ_CORPUS)
$(FUZZERS:%=merge-%): merge-%: $(FUZZ_DIR)/bin/%
	@rm -rf $(FUZZ_DIR)/merged/$*; mkdir -p $(FUZZ_DIR)/merged/$* $(FUZZ_DIR)/corpus/$* $(FUZZ_CORPUS)/$*
	@nice $< -set_cover_merge=1 $(FUZZ_FLAGS) $(FUZZ_DIR)/merged/$* $(FUZZ_CORPUS)/$* \
	 $(FUZZ_DIR)/corpus/$* > $(FUZZ_DIR)/$*.log 2>&1 || { tail -n 40 $(FUZZ_DIR)/$*.log; exit 1; }
	@rm -f $(FUZZ_CORPUS)/$*/*
	@cd $(FUZZ_DIR)/merged/$* && ls -Sr | head -n 90 | xargs cp -t $(abspath $(FUZZ_CORPUS)/$*)

-include $(shell find $(UNIT) $(FUZZ_DIR) -name '*.d' 2>/dev/null)
