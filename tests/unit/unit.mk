# SPDX-License-Identifier: BSD-2-Clause
# Host-built tests under sanitizers: tests/unit (the kernel's pure parts), tests/tool (the host
# tool's), and the fuzzers. Included by the top Makefile.
#
#   make unit                     builds and runs all; the counts go to $(B)/tests/unit.summary
#   make fuzz FUZZ_SECONDS=60     builds and runs the fuzzers, with clang

UNIT      := $(B)/tests
FUZZ_SECONDS ?= 10
SANITIZE  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1
UNITFLAGS := -std=gnu11 -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow \
 -D_GNU_SOURCE -DLIMPET_HOST -iquote kernel -iquote arch/x86_64 -iquote platform/kvm \
 -iquote platform -iquote platform/xen -isystem $(XENINC) \
 -iquote tests/unit -iquote tests/fuzz

# One program a file; a test includes the kernel's files that it is about.
UNIT_TESTS := $(patsubst tests/unit/%.c,$(UNIT)/%,$(wildcard tests/unit/*.c))
TOOL_TESTS := $(patsubst tests/tool/%.c,$(UNIT)/tool-%,$(wildcard tests/tool/*.c))
FUZZERS    := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

# The allocator's test counts basic blocks.
UNITFLAGS_test_page := -fsanitize-coverage=trace-pc

$(UNIT)/%: tests/unit/%.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(UNITFLAGS) $(SANITIZE) $(UNITFLAGS_$*) -MMD -MP -MF $@.d $< $(filter %.o,$^) -o $@ -lcmocka

# The kernel's assembly, under names of its own.
UNIT_ASM := $(patsubst %,$(UNIT)/obj/%.o,memcpy memset setjmp)
$(UNIT)/test_libc: $(UNIT_ASM)
$(UNIT)/obj/%.o: kernel/libc/%.S $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(foreach f,memcpy memset setjmp longjmp,-D$(f)=limpet_$(f)) -c $< -o $@

$(UNIT)/mksym: tools/image/mksym.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOSTFLAGS) $(SANITIZE) $< -o $@

# The host tool once more, for its tests.
UNIT_TOOL := $(patsubst tools/limpet/%.c,$(UNIT)/obj/tool/%.o,$(filter-out %/main.c,$(TOOL_SRC)))
$(UNIT)/obj/tool/%.o: tools/limpet/%.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOSTFLAGS) $(SANITIZE) -MMD -MP -c $< -o $@

$(UNIT)/obj/tool-test/%.o: tests/tool/%.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOSTFLAGS) $(SANITIZE) -include tests/tool/no_main.h -MMD -MP -c $< -o $@

$(TOOL_TESTS): $(UNIT)/tool-%: $(UNIT)/obj/tool-test/%.o $(UNIT_TOOL)
	$(HOSTCC) $(SANITIZE) $^ -ljansson -lm -lcmocka -o $@

unit: $(UNIT_TESTS) $(TOOL_TESTS) $(UNIT)/mksym
	@CC="$(HOSTCC)" MKSYM="$(abspath $(UNIT)/mksym)" KERNEL="$(abspath kernel)" \
	 tests/unit/run.sh $(UNIT)/unit.summary $(UNIT_TESTS) $(TOOL_TESTS)

# Fuzzers: clang's libFuzzer. What they find stays in $(B)/tests/found, what they learn in corpus.
$(UNIT)/fuzz/%: tests/fuzz/fuzz_%.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	clang $(UNITFLAGS) $(SANITIZE) -fsanitize=fuzzer -MMD -MP -MF $@.d $< -o $@

$(UNIT)/seeds: tests/fuzz/seeds.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(HOSTCC) $(UNITFLAGS) $(SANITIZE) -MMD -MP -MF $@.d $< -o $@

FUZZ_RUNS := $(addprefix fuzz-,$(FUZZERS))
.PHONY: fuzz $(FUZZ_RUNS)
fuzz: $(FUZZ_RUNS)
$(FUZZ_RUNS): fuzz-%: $(UNIT)/fuzz/% $(UNIT)/seeds
	@mkdir -p $(UNIT)/found
	@$(UNIT)/seeds $(UNIT)/corpus
	@$(UNIT)/fuzz/$* -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=5 -rss_limit_mb=1024 \
	 -artifact_prefix=$(UNIT)/found/$*- $(UNIT)/corpus/$* > $(UNIT)/fuzz/$*.log 2>&1 || \
	 { tail -n 40 $(UNIT)/fuzz/$*.log; exit 1; }
	@echo "fuzz $*: $$(tail -n 1 $(UNIT)/fuzz/$*.log)"

-include $(wildcard $(UNIT)/*.d $(UNIT)/fuzz/*.d $(UNIT)/obj/tool/*.d $(UNIT)/obj/tool-test/*.d)
