# SPDX-License-Identifier: BSD-2-Clause
# Limpet: the library OS, its apps, the host tool. `make help` lists the targets.

# Every program that is started here has this locale, whatever the user's environment says or lacks.
export LC_ALL := C.UTF-8
unexport LANGUAGE

CC      ?= gcc
ifeq ($(origin CC),default)
CC      := gcc
endif
HOSTCC  ?= $(CC)
B       := build
NEWLIB  := $(B)/newlib
NEWKEY  := $(NEWLIB)/key

# What newlib's headers open up for programs, and what its x86_64-elf port was built for.
FEATURES := -D__limpet__ -D__DYNAMIC_REENT__ -D_POSIX_THREADS=1 -D_POSIX_TIMERS=1 \
 -D_POSIX_MEMORY_PROTECTION=200809L -D_POSIX_MAPPED_FILES=200809L -D_POSIX_MEMLOCK=200809L -D_POSIX_MEMLOCK_RANGE=200809L \
 -D_POSIX_REALTIME_SIGNALS=200809L -D_POSIX_MESSAGE_PASSING=200809L -D_POSIX_ASYNCHRONOUS_IO=200809L \
 -D_POSIX_FSYNC=200809L -D_POSIX_SYNCHRONIZED_IO=200809L -D_POSIX_SHARED_MEMORY_OBJECTS=-1 -D_POSIX_TYPED_MEMORY_OBJECTS=-1 \
 -D_POSIX_MONOTONIC_CLOCK=200112L -D_POSIX_TIMEOUTS=1 -D_POSIX_SPIN_LOCKS=1 \
 -D_POSIX_BARRIERS=1 -D_POSIX_READER_WRITER_LOCKS=1 -D_UNIX98_THREAD_MUTEX_ATTRIBUTES=1 \
 -D_POSIX_PRIORITY_SCHEDULING=1 -D_POSIX_THREAD_PRIORITY_SCHEDULING=1 \
 -D_POSIX_THREAD_PRIO_INHERIT=200809L -D_POSIX_THREAD_PRIO_PROTECT=200809L \
 -D_POSIX_THREAD_ROBUST_PRIO_INHERIT=200809L -D_POSIX_THREAD_ROBUST_PRIO_PROTECT=200809L \
 -D_POSIX_THREAD_PROCESS_SHARED=200809L -D_POSIX_THREAD_ATTR_STACKADDR=200809L \
 -D_POSIX_THREAD_ATTR_STACKSIZE=200809L -D_POSIX_THREAD_SAFE_FUNCTIONS=200809L \
 -D_POSIX_SEMAPHORES=200809L -D_POSIX_CLOCK_SELECTION=200809L \
 -D_POSIX_CPUTIME=200809L -D_POSIX_THREAD_CPUTIME=200809L \
 -U__linux__ -Ulinux -U__linux -U__gnu_linux__
# How all code of an image is made: no red zone (interrupts use the stack), frame pointers (so that
# a panic can tell who called), fixed addresses. In functions with a target attribute gcc 12 forgets that the guard is
# global, not its register: there it is the thread's address (CPU_THREAD of percpu.h), the same for its whole life.
ABI := -mno-red-zone -fno-pic -fno-pie -mstack-protector-guard=global -mstack-protector-guard-reg=gs -mstack-protector-guard-offset=8 -fcf-protection=none \
 -fstack-clash-protection -fno-omit-frame-pointer -momit-leaf-frame-pointer -fno-asynchronous-unwind-tables \
 -ffunction-sections -fdata-sections
# Of that, what a program of Linux can have: its libc has a place of its own for the protector's word.
HOST_ABI := $(filter-out -mstack-protector-guard=global,$(ABI))
# What runs seldom, or waits for a hypervisor or a device each time it runs, is made small.
OPTIMIZE := -O2
COLD := kernel/base/console kernel/base/symbols arch/x86_64/backtrace arch/x86_64/trap # a panic's sentences
COLD += kernel/libc/exit kernel/base/stop platform/pc/power platform/xen/end                     # a program's end, once
COLD += kernel/sys/directory kernel/sys/fetch kernel/base/base64 kernel/mm/slab                                     # a file's name, when it is made
COLD += platform/xen/console platform/xen/xenstore platform/kvm/virtio_console platform/vmm/vmm # an exit each
COLD += platform/pc/rtc arch/x86_64/clock arch/x86_64/smp platform/xen/smp # once, when asked
COLD += arch/x86_64/lapic kernel/boot/options kernel/boot/linux platform/pc/uart platform/xen/dispatch platform/xen/events platform/xen/upcall kernel/boot/args # once at boot: 7 instructions more
# What an app may choose otherwise.
GUARD := -fstack-protector-strong
# The assembler takes a file of ours first, which marks the object as made for Limpet (limpet-cc.in).
MARK := $(if $(findstring clang,$(CC)),-fno-integrated-as -Wno-unused-command-line-argument )-Xassembler
WARN := -std=gnu11 -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow
# Xen's public headers (libxen-dev), by themselves.
XENINC := $(B)/xen-headers
$(shell mkdir -p $(XENINC); ln -sfn /usr/include/xen $(XENINC)/xen)
VERSION := $(shell sed -n 's/.*LIMPET_VERSION "\(.*\)"/\1/p' tools/version.h)
CCINC = $(shell $(CC) -print-file-name=include 2>/dev/null)
INC   = -nostdinc -isystem kernel/include -isystem arch/x86_64/include -isystem $(NEWLIB)/include -isystem $(CCINC) -iquote kernel -iquote arch/x86_64 \
 -iquote platform -isystem $(XENINC)
# The kernel never touches vector registers: an interrupt need not save them.
KFLAGS = $(OPTIMIZE) -g $(WARN) $(GUARD) $(ABI) $(FEATURES) $(INC) -mgeneral-regs-only -fno-delete-null-pointer-checks \
 -fno-builtin-malloc
AFLAGS = -O2 -g $(MARK) tools/image/mark.s $(WARN) $(GUARD) $(ABI) $(FEATURES) $(INC) -iquote apps/lib

# make INSTRUMENT=1: what the compiler puts calls of into kernel and apps, and the flags by which it does.
INSTRUMENT_SRC := kernel/observe/instrument.c
INSTRUMENT_OBJ := $(if $(INSTRUMENTED),$(B)/obj/$(INSTRUMENT_SRC).o)
CALLS_BACK = $(if $(INSTRUMENTED),$(if $(filter $(INSTRUMENT_SRC),$<),,-finstrument-functions -fsanitize-coverage=trace-pc))

# What is in the image; a stub in front of it is a program of its own.
KERNEL_SRC := $(filter-out %.lds.S platform/efi/% platform/linux/setup.S $(INSTRUMENT_SRC),$(sort $(shell find kernel arch platform -name '*.[cS]')))
OBSERVE_SRC := $(foreach file,$(KERNEL_SRC),$(if $(findstring /observe/,$(file)),$(file)))
KERNEL_OBJ := $(patsubst %,$(B)/obj/%.o,$(filter-out $(OBSERVE_SRC),$(KERNEL_SRC))) $(INSTRUMENT_OBJ)
# What programs have in place of newlib's. The kernel does without: it may use no vector registers.
LIBC_OBJ   := $(patsubst %,$(B)/obj/%.o,$(sort $(wildcard apps/libc/*.[cS])))
# A folder of apps is a suite's: with a main.c its files make one image, without one each makes its own.
MAINS      := $(wildcard apps/*/main.c)
SINGLES    := $(filter-out apps/lib/% apps/libc/% apps/linux/% $(addsuffix %,$(dir $(MAINS))),$(wildcard apps/*/*.c))
APPS       := $(MAINS:apps/%/main.c=%) $(basename $(notdir $(SINGLES)))
APP_LIB    := $(patsubst %,$(B)/obj/%.o,$(sort $(wildcard apps/lib/*.c)))
TOOL_SRC   := $(sort $(shell find tools/limpet -name '*.c'))
TOOL_OBJ   := $(patsubst %,$(B)/host/%.o,$(TOOL_SRC))
# No path of this machine in what is built: the same bytes come of any folder.
SAME        = "-ffile-prefix-map=$(CURDIR)=."
HOSTFLAGS  := -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE -iquote tools/limpet -iquote .

# Says what is made, or, with V=1, how.
say = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$@';)
# As many jobs as processors, unless someone has said how many.
JOBS = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: install uninstall deb all setup test-setup newlib cxx seabios images bench bench-all suites-table test test-long unit cost cost-doors cost-linux screenshots house lint format clean help
ifdef INSTRUMENT
.DEFAULT_GOAL := instrumented
endif
# What limpet bench --count takes, where the header is that it needs: make test-setup gets it, and so does naming the file.
PLUGIN := $(if $(wildcard $(B)/cost/qemu-plugin.h),$(B)/cost/plugin.so)
all: images $(B)/lib/libbench.a $(B)/limpet $(B)/limpet-cc $(B)/limpet-bz $(B)/limpet-vmm $(B)/limpet-gdb.py $(PLUGIN)

help:
	@sed -n 's/^#: //p' Makefile

#: make           images in build/apps, the host tool build/limpet, the compiler build/limpet-cc,
#:                the VMM build/limpet-vmm
#: make setup     gets, once, what building and measuring needs: Debian packages, newlib, SeaBIOS, the lab
#: make test-setup  and what tests and linters need too
#: make bench     sets up, builds, runs basic, stream and boot on every platform, prints the tables;
#:                adds to build/results/latest.json and writes the page latest.html beside it
#: make bench-all  what make bench leaves out: the suites that limpet help bench calls extra, on every platform,
#:                the host and a Linux guest; into build/results/extra.json, with a page beside it
#: make suites-table  the table of ratios in docs/suites.md, from what make bench-all wrote (RESULT=FILE, NORM=host)
#: make test      sets up, builds, runs the tests; make test-long: those that take minutes each
#:                AREAS="unit tool": these only (tests/run --list tells which there are)
#: make fuzz      fuzzes all parsers, FUZZ_SECONDS=600 each, or those named by FUZZ="acpi args"
#: make coverage  which lines of the kernel the guest tests run; AREAS="inside smp": those of these areas
#: make INSTRUMENT=1  kernel and apps with a call in each function and at each branch, in build/instrumented/apps
#: make cost      counts what a boot costs, in instructions, accesses and pages, and single operations;
#:                make cost-doors: by every door, those behind much firmware too, for some minutes;
#:                make cost-linux: the same operations in a Linux guest. UPDATE=1 writes docs/cost.md
#: make screenshots  docs/report-*.png, of a browser on a report (RESULT=FILE), and boot-doors-*.png, of boots
#: make ports     builds programs of others from Debian's sources and runs their own tests (apps/ports); make port-zlib: one;
#:                PORTS_ON=xen-pvh: in that platform's lab
#: make install   into PREFIX (/usr/local) below DESTDIR; make uninstall; make deb: a package, build/deb/*.deb
#: make house     the house's rules: no circles, no arrows upwards, no function over 60 lines (docs/tree.md)
#: make lint      that, clang-tidy and cppcheck;   make format: clang-format
#: make suites    gets what suites measure and is not ours: sources of LZ4, SQLite and tcc, OpenMP's library; then make builds with it
#: make V=1       shows the commands
#: make cxx       builds the libraries of limpet-c++ and of limpet-cc -fopenmp, which their first use builds otherwise
#: make clean     removes build/ but newlib, these libraries, SeaBIOS and the lab;   CC=clang chooses the compiler

setup:
	@CC="$(CC)" B="$(B)" tools/setup/setup.sh
test-setup:
	@CC="$(CC)" B="$(B)" AREAS="$(AREAS)" tools/setup/setup.sh --tests

newlib:
	@CC="$(CC)" tools/setup/newlib.sh $(NEWLIB)

seabios:
	@tools/setup/seabios.sh $(B)/seabios

# Again when its recipe has changed, else it was done by make setup.
$(NEWKEY): tools/setup/newlib.sh $(wildcard tools/setup/musl/*) apps/libc/stream.h apps/libc/has_fma.h
	@[ -f $@ ] || { echo "make: newlib is not built yet: run 'make setup' first" >&2; exit 1; }
	@CC="$(CC)" tools/setup/newlib.sh $(NEWLIB)
	@touch $@

# Changing the compiler or the flags rebuilds everything: the stamp's text changes.
FLAGSTAMP := $(B)/flags
STAMP_TEXT = $(COLD) $(CC) $(KFLAGS) $(AFLAGS) $(HOSTCC) $(HOSTFLAGS) $(EFIFLAGS)
$(shell mkdir -p $(B); printf '%s\n' '$(STAMP_TEXT)' | cmp -s - $(FLAGSTAMP) || printf '%s\n' '$(STAMP_TEXT)' > $(FLAGSTAMP))

# The library OS.

# if_there(app,file,flags): the flags, if there is the file, which `make suites` gets; the app's objects depend on whether.
if_there = $(shell mkdir -p $(B)/suites; echo '$(wildcard $(2))' | cmp -s - $(B)/suites/$(1).there || echo '$(wildcard $(2))' > $(B)/suites/$(1).there)$(if \
 $(wildcard $(2)),$(3))$(eval $(foreach file,$(wildcard apps/$(1)/*.c),$(B)/obj/$(file).o $(B)/linux/$(file).o): $(B)/suites/$(1).there)

# What a suite builds otherwise.
-include $(wildcard apps/*/rules.mk)

# Public headers are included as a system's are, so these count, too.
DEPENDS := -MD -MP
$(B)/obj/apps/%.c.o: apps/%.c $(NEWKEY) $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(AFLAGS) $(SAME) $(CFLAGS_$*) $(CALLS_BACK) $(DEPENDS) -c $< -o $@

# make coverage: the kernel counts which of its lines run.
COUNTED = $(if $(COVERAGE),$(if $(findstring /observe/,$<),,--coverage -fprofile-info-section -fprofile-update=atomic))
$(B)/obj/%.c.o: %.c $(NEWKEY) $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(KFLAGS) $(COUNTED) $(CALLS_BACK) $(SAME) $(DEPENDS) -c $< -o $@

$(B)/obj/%.S.o: %.S $(NEWKEY) $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(call say,AS)$(CC) $(INC) $(DEPENDS) -c $< -o $@

$(COLD:%=$(B)/obj/%.c.o): OPTIMIZE := -Os
# What a panic runs is not guarded by what ends in a panic.
$(patsubst %,$(B)/obj/%.c.o,kernel/base/panic kernel/base/console kernel/base/symbols arch/x86_64/backtrace): \
 GUARD := -fno-stack-protector

# One object, in which only what programs and the linker script may name is global: an app's own
# panic() or heap is no concern of the kernel's. --unique: what has one name in two files stays two
# sections, or each would keep the other in an image.
SYS_CALLS := syscall aio clock file mman rlimit sysconf open links attributes vector folder descriptor pipe fifo poll poll_masked terminal
API_OBJ := $(filter $(B)/obj/arch/x86_64/libc/% $(B)/obj/kernel/libc/% $(B)/obj/kernel/base/protector% $(SYS_CALLS:%=$(B)/obj/kernel/sys/%.c.o) $(INSTRUMENT_OBJ),$(KERNEL_OBJ))
API_NAMES := limpet_switch linux64_door boot_tss trap_stubs cpuid1_ecx $(addprefix limpet_,memmove memcpy memset memcmp strlen)

$(B)/lib/liblimpet.a: $(KERNEL_OBJ) Makefile
	@mkdir -p $(@D)
	@{ nm -g --defined-only -f posix $(API_OBJ) | sed -n 's/ .*//p'; printf '%s\n' $(API_NAMES); } | \
	 grep -v ':$$' > $(B)/lib/names
	$(call say,LD)ld -r --unique -o $(B)/lib/limpet.o $(KERNEL_OBJ)
	@objcopy --keep-global-symbols=$(B)/lib/names $(B)/lib/limpet.o
	@rm -f $@
	@ar rcsD $@ $(B)/lib/limpet.o

# The same for images that tell where their time went and which lines ran: limpet-cc --profile and --coverage
# (kernel/observe/observe.h). No other image has a byte of it. libgcov's one object calls mmap() for what no object needs.
OBSERVE_OBJ  := $(patsubst %,$(B)/obj/%.o,$(OBSERVE_SRC))
OBSERVE_WRAP := interrupt timer_interrupt kernel_option stop_others
OBSERVED     := $(B)/obj/observed
$(B)/lib/liblimpet_observe.a: $(B)/lib/liblimpet.a $(OBSERVE_OBJ)
	@rm -rf $(OBSERVED); mkdir -p $(OBSERVED)
	@gcov=$$(dirname "$$($(CC) -print-libgcc-file-name)")/libgcov.a; [ ! -f "$$gcov" ] || \
	 { cd $(OBSERVED) && ar x "$$gcov" _gcov_info_to_gcda.o && objcopy --redefine-sym mmap=observe_no_mmap _gcov_info_to_gcda.o; }
	$(call say,LD)ld -r --unique $(OBSERVE_WRAP:%=--wrap=%) -o $(OBSERVED)/observe.o $(KERNEL_OBJ) $(OBSERVE_OBJ) $$(find $(OBSERVED) -name '_gcov*.o')
	@{ cat $(B)/lib/names; echo __gcov_merge_add; } > $(OBSERVED)/names
	@objcopy --keep-global-symbols=$(OBSERVED)/names $(OBSERVED)/observe.o
	@rm -f $@
	@ar rcsD $@ $(OBSERVED)/observe.o

$(B)/lib/liblimpet_c.a: $(LIBC_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR)ar rcsD $@ $^

# bench_main() for everybody's programs: -lbench.
$(B)/lib/libbench.a: $(APP_LIB)
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR)ar rcsD $@ $^

LAYOUTS := $(foreach kind,image image-c++,$(B)/lib/$(kind).lds $(B)/lib/$(kind)-runnable.lds)
$(LAYOUTS): arch/x86_64/image.lds.S arch/x86_64/cpu.h $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(call say,CPP)$(CC) -E -P -x assembler-with-cpp -D__ASSEMBLER__ $(if $(findstring ++,$@),-DUNWIND_TABLES) $(if $(findstring runnable,$@),-DRUNNABLE) -iquote arch/x86_64 $< -o $@

# What Linux starts in place of an image by limpet-cc --runnable: no C library, as little as an ELF interpreter may have.
$(B)/lib/limpet-exec: tools/image/exec.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(call say,HOSTCC)$(HOSTCC) $(HOSTFLAGS) -ffreestanding -fno-stack-protector -fcf-protection=none -fpie -static-pie -nostdlib -s -Wl,--build-id=none,-z,noseparate-code $(SAME) $< -o $@

# The compiler wrapper: the same link for our apps and for anybody's.
LINUX_PUBLIC := kernel/include/limpet.h arch/x86_64/include/limpet_tsc.h apps/lib/bench.h
PUBLIC := $(sort $(shell find kernel/include arch/x86_64/include -name '*.h')) apps/lib/bench.h

# The same script is limpet-c++, by the C++ compiler that goes with CC; what it needs beside it is built when it is
# first used.
LIBRARY_RECIPE := $(addprefix tools/setup/,gcc-libs.sh common.sh)
CC_WORDS = -e 's|@ABI@|$(ABI)|' -e 's|@HOST_ABI@|$(HOST_ABI)|' -e 's|@GUARD@|$(GUARD)|' -e 's|@MARK@|$(MARK)|' -e 's|@KERNEL@|liblimpet$(if $(COVERAGE),_observe).a|' \
 -e 's|@FEATURES@|$(FEATURES)|' -e 's|@VERSION@|$(VERSION)|'
CXX_OF = $(patsubst ./%,%,$(join $(dir $(CC)),$(subst clang,clang++,$(subst gcc,g++,$(notdir $(CC))))))
$(B)/limpet-cc: tools/image/limpet-cc.in tools/version.h tools/image/mark.s $(LIBRARY_RECIPE) $(PUBLIC) $(FLAGSTAMP)
	@mkdir -p $(B)/lib
	@cp tools/image/mark.s $(B)/lib/mark.s
	@for lib in pthread rt; do rm -f $(B)/lib/lib$$lib.a; ar rcsD $(B)/lib/lib$$lib.a; done
	@rm -rf $(B)/include; mkdir $(B)/include; cp -r kernel/include/. arch/x86_64/include/. apps/lib/bench.h $(B)/include
	@mkdir -p $(B)/linux/include; cp $(LINUX_PUBLIC) $(B)/linux/include
	@rm -rf $(B)/setup; mkdir $(B)/setup; cp $(LIBRARY_RECIPE) $(B)/setup
	$(call say,SED)sed -e 's|@NAME@|limpet-cc|' -e 's|@LANGUAGE@|C|' -e 's|@VARIABLE@|CC|' -e 's|@CXX@|no|' -e 's|@EXAMPLE@|mine.c|' -e '/^@MORE@/d' -e 's|@CC@|$(CC)|' $(CC_WORDS) $< > $@
	@sed -e 's|@NAME@|limpet-c++|' -e 's|@LANGUAGE@|C++|' -e 's|@VARIABLE@|CXX|' -e 's|@CXX@|yes|' -e 's|@EXAMPLE@|mine.cc|' -e 's|^@MORE@||' -e 's|@CC@|$(CXX_OF)|' $(CC_WORDS) $< > $(B)/limpet-c++
	@chmod +x $@ $(B)/limpet-c++

LINK := $(B)/limpet-cc $(B)/lib/liblimpet.a $(B)/lib/liblimpet_observe.a $(B)/lib/liblimpet_c.a $(LAYOUTS) $(B)/lib/limpet-exec $(B)/mksym $(NEWKEY)

cxx: $(LINK)
	@for part in cxx openmp; do $(B)/setup/gcc-libs.sh $$part > /dev/null || exit; done

# What suites measure that is not ours: sources, and OpenMP's library. Then `make` builds with them.
.PHONY: suites
suites: $(SUITES) $(LINK)
	@grep -q '^cc=.*clang' $(B)/limpet-cc || $(B)/setup/gcc-libs.sh openmp > /dev/null

# The same source as a program of Linux: what images are measured against (limpet-cc --host).
LINUX_LINK   := $(B)/limpet-cc $(B)/linux/lib/liblimpet.a $(B)/linux/lib/libbench.a
$(B)/linux/%.c.o: %.c $(B)/limpet-cc
	@mkdir -p $(@D)
	$(call say,HOSTCC)$(B)/limpet-cc --host $(OPTIMIZE) -g $(WARN) -D_GNU_SOURCE $(CFLAGS_$(*:apps/%=%)) -iquote apps/lib $(SAME) $(DEPENDS) -c $< -o $@

$(B)/linux/lib/liblimpet.a: $(patsubst %,$(B)/linux/%.o,$(sort $(wildcard apps/linux/*.c)))
$(B)/linux/lib/libbench.a: $(patsubst %,$(B)/linux/%.o,$(sort $(wildcard apps/lib/*.c)))
$(B)/linux/lib/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR)ar rcsD $@ $^

# Newer than the image: by that the tool knows that they are of one source.
define LINUX_RULE
$(B)/apps/$(1).linux: $(patsubst %,$(B)/linux/%.o,$(sort $(2))) $(LINUX_LINK) $(B)/apps/$(1).elf
	$$(call say,HOSTLD)$(B)/limpet-cc --host $(SAME) $$(filter %.o,$$^) -lbench $(LIBS_$(1)) -lm -o $$@
endef
$(foreach main,$(MAINS),$(eval $(call LINUX_RULE,$(main:apps/%/main.c=%),$(wildcard $(dir $(main))*.c))))
images: $(MAINS:apps/%/main.c=$(B)/apps/%.linux)
# How CMake and Meson build with it and run what they have built.
$(B)/limpet.%: tools/image/limpet.%.in
	$(call say,SED)sed "s|@TOOLS@|$$(realpath $(B))|" $< > $@
$(B)/cmake/Platform/Limpet.cmake: tools/image/Limpet.cmake
	@mkdir -p $(@D)
	$(call say,CP)cp $< $@
CROSS := $(B)/limpet.cmake $(B)/limpet.ini $(B)/cmake/Platform/Limpet.cmake
all: $(CROSS)


# The same image in other wrappings, for loaders that take no ELF.
WRAPPINGS := efi iso bz
images: $(foreach app,$(APPS),$(foreach kind,elf $(WRAPPINGS),$(B)/apps/$(app).$(kind)))

# APP_RULE(image,sources)
define APP_RULE
$(B)/apps/$(1).elf: $(patsubst %,$(B)/obj/%.o,$(sort $(2))) $(APP_LIB) $(LINK)
	@mkdir -p $$(@D)
	$$(call say,IMAGE)$(B)/limpet-cc $$(filter %.o,$$^) $(LIBS_$(1)) -lm -o $$@
endef

# The same programs with the sampler of limpet profile.
define PROFILE_RULE
$(B)/apps/profile/$(1).elf: $(B)/apps/$(1).elf
	@mkdir -p $$(@D)
	$$(call say,IMAGE)$(B)/limpet-cc --profile $(patsubst %,$(B)/obj/%.o,$(sort $(2))) $(APP_LIB) $(LIBS_$(1)) -lm -o $$@
endef
$(foreach main,$(MAINS),$(eval $(call PROFILE_RULE,$(main:apps/%/main.c=%),$(wildcard $(dir $(main))*.c))))
images: $(MAINS:apps/%/main.c=$(B)/apps/profile/%.elf)

$(foreach main,$(MAINS),$(eval $(call APP_RULE,$(main:apps/%/main.c=%),$(wildcard $(dir $(main))*.c))))
$(foreach file,$(SINGLES),$(eval $(call APP_RULE,$(basename $(notdir $(file))),$(file))))

$(B)/mksym: tools/image/mksym.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(call say,HOSTCC)$(HOSTCC) $(HOSTFLAGS) $(SAME) $< -o $@

# The same image as a UEFI program: a stub, built once by gnu-efi, in which limpet-efi puts the ELF.
GNUEFI    := /usr/lib
EFIFLAGS  := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wshadow -ffreestanding -fpic \
 -fshort-wchar -mno-red-zone -mgeneral-regs-only -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
 -fvisibility=hidden -DGNU_EFI_USE_MS_ABI -isystem /usr/include/efi -isystem /usr/include/efi/x86_64 -isystem $(XENINC) -iquote kernel -iquote .
EFI_OBJ   := $(patsubst %,$(B)/efi/%.o,$(sort $(wildcard platform/efi/*.[cS])) arch/x86_64/confidential.c tools/vmm/elf.c)
EFI_PARTS := .text .data .dynamic .dynsym .rela .reloc

$(GNUEFI)/crt0-efi-x86_64.o:
	@echo "make: gnu-efi is not installed yet: run 'make setup' first" >&2; exit 1

$(B)/efi/%.o: % $(FLAGSTAMP) | $(GNUEFI)/crt0-efi-x86_64.o
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(EFIFLAGS) $(SAME) -MMD -MP -c $< -o $@

# EFI_LINK(objects): what gnu-efi wants; the sections that a PE file needs of what is linked, whose symbols stay in $@.so.
define EFI_LINK
	$(call say,EFI)ld -nostdlib -znocombreloc -shared -Bsymbolic --no-warn-rwx-segments -e $(2) -T $(GNUEFI)/elf_x86_64_efi.lds \
	 $(GNUEFI)/crt0-efi-x86_64.o $(1) $(GNUEFI)/libgnuefi.a -o $@.so
	@objcopy $(EFI_PARTS:%=-j %) --strip-all --target efi-app-x86_64 $@.so $@
endef
$(B)/lib/stub.efi: $(EFI_OBJ)
	$(call EFI_LINK,$^,efi_start)

# What all wrappings begin with: their words, and whether the ELF is one of ours.
$(B)/lib/check-image: tools/image/check.c tools/vmm/elf.c tools/vmm/elf.h $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(call say,HOSTCC)$(HOSTCC) $(HOSTFLAGS) $(SAME) $(filter %.c,$^) -o $@
$(B)/lib/wrap.sh: tools/image/wrap.sh tools/version.h
	@mkdir -p $(@D)
	@sed 's|@VERSION@|$(VERSION)|' $< > $@
WRAP := $(B)/lib/check-image $(B)/lib/wrap.sh

$(B)/limpet-efi: tools/image/limpet-efi.sh $(B)/lib/stub.efi $(WRAP)
	$(call say,CP)cp $< $@
	@chmod +x $@

$(B)/apps/%.efi: $(B)/apps/%.elf $(B)/limpet-efi
	$(call say,EFI)$(B)/limpet-efi $< -o $@

# And as a bzImage, for loaders of Linux: behind the 4 KiB that they start in real mode.
$(B)/apps/%.bz: $(B)/apps/%.elf $(B)/limpet-bz
	$(call say,BZ)$(B)/limpet-bz $< -o $@

$(B)/lib/setup.bin: platform/linux/setup.S $(FLAGSTAMP)
	@mkdir -p $(@D) $(B)/host
	@$(CC) -c $< -o $(B)/host/setup.o
	$(call say,LD)ld -Ttext=0 --oformat=binary $(B)/host/setup.o -o $@

$(B)/limpet-bz: tools/image/limpet-bz.sh $(B)/lib/setup.bin $(WRAP)
	$(call say,CP)cp $< $@

# And as a file that boots as a CD and as a disk, by BIOS and by UEFI.
$(B)/limpet-iso: tools/image/limpet-iso.sh $(B)/limpet-efi
	$(call say,CP)cp $< $@
	@chmod +x $@

$(B)/apps/%.iso: $(B)/apps/%.elf $(B)/apps/%.efi $(B)/limpet-iso
	$(call say,ISO)$(B)/limpet-iso --efi $(B)/apps/$*.efi $< -o $@

$(B)/limpet-gdb.py: tools/gdb/limpet-gdb.py
	$(call say,CP)cp $< $@

# The host tool.

$(B)/host/%.c.o: %.c $(FLAGSTAMP)
	@mkdir -p $(@D)
	$(call say,HOSTCC)$(HOSTCC) $(HOSTFLAGS) $(SAME) -MMD -MP -c $< -o $@

# The initial file system that limpet boot gives a Linux without one: it holds init alone.
INITRD := $(B)/host/initrd.o
$(INITRD): tools/limpet/measure/init.S $(FLAGSTAMP)
	@mkdir -p $(@D)/initrd
	$(call say,CPIO)$(HOSTCC) -nostdlib -static -s -Wl,-z,noseparate-code,--build-id=none $< -o $(@D)/initrd/init
	@cd $(@D)/initrd && touch -d @0 init && chmod 755 init && echo init | cpio -o -H newc --owner=0:0 --reproducible --quiet > initrd.cpio && \
	 ld -r -b binary -z noexecstack initrd.cpio -o ../initrd.o

$(B)/limpet: $(TOOL_OBJ) $(INITRD)
	$(call say,HOSTLD)$(HOSTCC) $^ -ljansson -lm -o $@

# The VMM straight on KVM: static, so that it starts without a dynamic linker, in a lab too.

VMM_OBJ := $(patsubst %,$(B)/host/%.o,$(sort $(wildcard tools/vmm/*.c)) platform/efi/private.c)
$(B)/limpet-vmm: $(VMM_OBJ)
	$(call say,HOSTLD)$(HOSTCC) -static $^ -o $@

# Tests: programs that check from inside, host-built unit tests, the runner over all.

GUEST_TESTS := $(patsubst tests/guest/%.c,$(B)/tests/guest/%.elf,$(wildcard tests/guest/*.c))
$(B)/tests/guest/%.elf: tests/guest/%.c tests/guest/check.h $(LINK)
	@mkdir -p $(@D)
	$(call say,IMAGE)$(B)/limpet-cc -O2 -g -Wall -Wextra -Werror $(GUEST_FLAGS) $< -lm -o $@
$(B)/tests/guest/private.elf: GUEST_FLAGS := -mgeneral-regs-only

# A UEFI program that spoils what firmware has, and then starts an image.
$(B)/tests/efi/first.efi: $(B)/efi/tests/efi/first.c.o
	@mkdir -p $(@D)
	$(call EFI_LINK,$^,_start)

-include tests/unit/unit.mk

test test-long: test-setup
	@$(MAKE) --no-print-directory $(JOBS) all $(GUEST_TESTS) $(B)/tests/efi/first.efi $(B)/cost/plugin.so
	@B=$(B) tests/run $(if $(filter test-long,$@),--long,$(AREAS))

# Which lines of the kernel the guests of some areas run: a build of its own, whose images count.
COVERED := $(B)/coverage
coverage:
	@tools/setup/setup.sh --only gcovr
	@mkdir -p $(COVERED)
	@for part in newlib seabios lab; do ln -sfn ../$$part $(COVERED)/$$part; done
	@$(MAKE) --no-print-directory $(JOBS) B=$(COVERED) COVERAGE=1 all guest-tests
	@find $(COVERED)/obj -name '*.gcda' -delete
	@B=$(COVERED) tests/run $(or $(AREAS),inside); status=$$?; \
	 gcovr -r . -e '$(COVERED)/.*' --html-details $(COVERED)/coverage.html --txt - $(COVERED)/obj | sed 's/\(%\).*/\1/; /^ *[-,0-9]*$$/d'; \
	 echo "The page: $(COVERED)/coverage.html"; exit $$status
.PHONY: coverage guest-tests instrumented

# Kernel and apps with calls of counters in every function and at every edge: a build of its own beside the usual one, for
# limpet compare --b "--apps build/instrumented/apps".
INSTRUMENTED_IN := $(B)/instrumented
instrumented:
	@mkdir -p $(INSTRUMENTED_IN)
	@ln -sfn ../newlib $(INSTRUMENTED_IN)/newlib
	@$(MAKE) --no-print-directory $(JOBS) B=$(INSTRUMENTED_IN) INSTRUMENT= INSTRUMENTED=1 $(APPS:%=$(INSTRUMENTED_IN)/apps/%.elf)
guest-tests: $(GUEST_TESTS)

# Programs of others, by recipes.
PORTS := $(patsubst apps/ports/%/recipe,%,$(sort $(wildcard apps/ports/*/recipe)))
.PHONY: ports $(PORTS:%=port-%)
ports $(PORTS:%=port-%): all
	@B=$(B) apps/ports/run.sh $(if $(filter ports,$@),$(PORTS),$(@:port-%=%))

# What a boot costs, counted by a plugin in QEMU.

$(B)/cost/%.so: tools/cost/%.c tools/cost/decode.c $(wildcard tools/cost/*.h) tools/cost/fetch-header.sh $(FLAGSTAMP)
	@mkdir -p $(@D)
	@tools/cost/fetch-header.sh $(B)/cost
	$(call say,HOSTCC)$(HOSTCC) $(HOSTFLAGS) -shared -fPIC -I$(B)/cost $(filter %.c,$^) -o $@

$(B)/cost/plugin.so: $(patsubst %,tools/cost/%.c,sections spans until)

$(B)/cost/pipe.elf: tools/cost/pipe.c $(LINK)
	@mkdir -p $(@D)
	$(call say,IMAGE)$(B)/limpet-cc -O2 -Wall -Wextra -Werror $< -o $@

cost: $(B)/cost/plugin.so $(B)/cost/marks.so $(B)/cost/operations.elf $(B)/cost/pipe.elf images $(B)/limpet
	$(B)/limpet lab build xen
	@status=0; $(call shown,tools/cost/cost.sh -x $(B)/lab/image/xen $(COST_MODE) $(B)/cost/plugin.so \
	 $(B)/apps/hello.elf $(B)/apps/basic.elf "$(B)/apps/stream.elf=-n 100000 -r 2" $(B)/cost/pipe.elf xen:$(B)/apps/hello.elf); \
	$(call shown,tools/cost/cost.sh --doors --check docs/cost.md $(B)/cost/plugin.so $(QUICK_DOORS)); \
	$(call shown,tools/cost/operations.sh $(COST_MODE) $(B)/cost/marks.so $(B)/cost/operations.elf); exit $$status
# All of them, whatever the one before found.
COST_MODE = --$(if $(UPDATE),update,check) docs/cost.md
shown = echo '$1'; $1 || status=1

# Single operations, those of suite micro among them; the same source is an image and a Linux guest's only program. The
# compiler may put nothing in place of a call.
OPERATIONS = $(addprefix tools/cost/,operations.c one.c several.c)
OPERATION_FLAGS = -O2 -fno-builtin -Wall -Wextra -Werror -iquote apps/lib
MICRO := $(filter-out apps/micro/main.c,$(sort $(wildcard apps/micro/*.c)))
$(B)/cost/operations.elf: $(OPERATIONS) tools/cost/operations.h tools/cost/marks.h $(MICRO:%=$(B)/obj/%.o) $(LINK)
	@mkdir -p $(@D)
	$(call say,IMAGE)$(B)/limpet-cc $(OPERATION_FLAGS) $(OPERATIONS) $(filter %.o,$^) -lm -o $@
$(B)/cost/operations: $(OPERATIONS) tools/cost/operations.h tools/cost/marks.h $(patsubst %,$(B)/linux/%.o,$(MICRO) apps/linux/limpet.c)
	@mkdir -p $(@D)
	$(call say,HOSTCC)gcc $(OPERATION_FLAGS) -static $(OPERATIONS) $(filter %.o,$^) -lm -o $@

# Their cost under Linux, whose columns `make cost` leaves alone.
cost-linux: $(B)/cost/marks.so $(B)/cost/operations $(B)/limpet
	$(B)/limpet lab build kvm
	tools/cost/operations.sh --linux $(B)/lab/image/vmlinuz --update docs/cost.md $(B)/cost/marks.so $(B)/cost/operations

# By every door; those behind much firmware take minutes.
QUICK_DOORS = $(foreach way,multiboot pvh bz linux64 pc pc-bz,$(way):$(B)/apps/hello.elf)
cost-doors: $(B)/cost/plugin.so images
	tools/cost/cost.sh --doors -t 900 --$(if $(UPDATE),update,check) docs/cost.md $(B)/cost/plugin.so \
	 $(QUICK_DOORS) $(foreach way,disk cd efi,$(way):$(B)/apps/hello.elf)

# docs/install.md
PREFIX  ?= /usr/local
DESTDIR ?=
install uninstall deb: export B := $(B)
install uninstall deb: export APPS := $(APPS)
install uninstall: export DESTDIR := $(DESTDIR)
install: all
	@tools/install/install.sh "$(PREFIX)"
uninstall:
	@tools/install/install.sh --remove "$(PREFIX)"
deb: all $(B)/cost/plugin.so
	@tools/install/deb.sh $(B)/deb

# SUITES: which, FILE: where to, LONG: how long.
define measure
	@echo "make $@: gets what is missing, builds, and measures every platform for some $(LONG)"
	@$(MAKE) --no-print-directory setup
	@$(MAKE) --no-print-directory $(JOBS) all
	@mkdir -p $(B)/results
	@status=0; \
	 $(B)/limpet bench $(SUITES) --partial -o $(B)/results/$(FILE).json || status=$$?; \
	 [ $$status -le 1 ] || exit $$status; \
	 $(B)/limpet report $(B)/results/$(FILE).json -o $(B)/results/$(FILE).html || exit; \
	 echo "The page: $(B)/results/$(FILE).html"; exit $$status
endef
bench: SUITES = basic stream boot -p all
bench: FILE = latest
bench: LONG = five minutes
bench-all: SUITES = extra -p all,host,linux-qemu
bench-all: FILE = extra
bench-all: LONG = time (it says how long)
bench bench-all:
	$(measure)

# The table of ratios, between two marks of docs/suites.md.
NORM := host
suites-table: RESULT = $(B)/results/extra.json
suites-table: $(B)/limpet
	@$(B)/limpet report $(RESULT) --norm $(NORM) --md | sed -n '/^### Ratios/,/^### [^R]/{/^| times\|^| ---\|geometric mean/p}' > $(B)/ratios.md
	@[ -s $(B)/ratios.md ] || { echo "make suites-table: $(RESULT) has no ratios to $(NORM)" >&2; exit 1; }
	@awk -v table=$(B)/ratios.md '/^<!-- end -->/ { skip = 0 } !skip { print } \
	 /^<!-- ratios -->/ { skip = 1; print ""; while ((getline line < table) > 0) print line; print "" }' \
	 docs/suites.md > $(B)/suites.md && cp $(B)/suites.md docs/suites.md

# The report in a browser, for the README.
RESULT := tests/data/report.jsonl
DOORS  := $(addprefix tests/data/boot-,$(addsuffix .jsonl,doors esp cd))
screenshots: $(B)/limpet
	@tools/setup/setup.sh --only chromium fonts-inter
	@mkdir -p $(B)/report
	$(B)/limpet report $(RESULT) -o $(B)/report/report.html
	tests/page/shots.sh $(B)/report/report.html $(B)/report report
	cp $(B)/report/report-light.png $(B)/report/report-dark.png $(B)/report/report-phone.png docs
	$(B)/limpet report $(DOORS) -o $(B)/report/doors.html
	tests/page/shots.sh $(B)/report/doors.html $(B)/report boot-doors 1200
	cp $(B)/report/boot-doors-light.png $(B)/report/boot-doors-dark.png docs

C_FILES := $(filter-out tools/setup/musl/%,$(shell git ls-files '*.[ch]' 2>/dev/null))
format:
	clang-format -i $(C_FILES)

tidy = printf '%s\n' $(filter $1,$(filter-out $3,$(C_FILES))) | xargs -P "$$(nproc)" -I{} clang-tidy --quiet --warnings-as-errors='*' {} -- $2
lint: test-setup house
	@if clang-format --version | grep -q 'version 14'; then clang-format --dry-run -Werror $(C_FILES); \
	 else echo 'lint: formatting is checked with clang-format 14 only' >&2; fi
	shellcheck -x tests/suites/run.sh apps/ports/run.sh apps/ports/*/recipe tests/run tests/fakes/* tools/new tests/area/*.sh tests/lab/*.sh tests/vmm/*.sh tests/page/*.sh tests/efi/*.sh tools/setup/*.sh tools/lab/*.sh tools/cost/*.sh tools/fleet/*.sbatch tools/install/*.sh tools/lint/*.sh \
	 tools/image/limpet-cc.in tools/image/*.sh .ci/run
	ansible-lint --offline -q tools/fleet
	cppcheck -j "$$(nproc)" --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,portability \
	 --suppress=missingIncludeSystem -D__x86_64__ -Ikernel -Iarch/x86_64 -Iplatform -Itools/limpet -I. \
	 kernel arch platform apps tools
	$(call tidy,kernel/%.c arch/%.c platform/%.c,$(subst $(CCINC),$(shell clang -print-file-name=include),$(KFLAGS)),platform/efi/%)
	$(call tidy,platform/efi/%.c,$(EFIFLAGS))
	$(call tidy,apps/libc/%.c,$(subst $(CCINC),$(shell clang -print-file-name=include),$(filter-out $(MARK) tools/image/mark.s,$(AFLAGS))))
	$(call tidy,tools/limpet/%.c tools/vmm/%.c,$(HOSTFLAGS))

house: all
	@B=$(B) tools/lint/house.sh

clean:
	rm -rf $(filter-out $(NEWLIB) $(B)/cxx $(B)/openmp $(B)/seabios $(B)/lab,$(wildcard $(B)/*))

-include $(shell find $(B)/obj $(B)/host $(B)/linux -name '*.d' 2>/dev/null)
