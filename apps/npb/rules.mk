# SPDX-License-Identifier: BSD-2-Clause
# With OpenMP where its library is built (make cxx; make bench-all does that first), else with one thread.
NPB_OPENMP := $(shell [ -x $(B)/setup/gcc-libs.sh ] && $(B)/setup/gcc-libs.sh -n openmp > /dev/null 2>&1 && echo -fopenmp)
NPB_SOURCES := $(basename $(notdir $(wildcard apps/npb/*.c)))
$(foreach file,$(NPB_SOURCES),$(eval CFLAGS_npb/$(file) = $(or $(NPB_OPENMP),-Wno-unknown-pragmas)))
$(shell mkdir -p $(B)/obj/apps/npb; echo '$(NPB_OPENMP)' | cmp -s - $(B)/obj/apps/npb/openmp || echo '$(NPB_OPENMP)' > $(B)/obj/apps/npb/openmp)
NPB_OBJ := $(foreach file,$(NPB_SOURCES),$(B)/obj/apps/npb/$(file).c.o $(B)/linux/apps/npb/$(file).c.o)
$(NPB_OBJ): $(B)/obj/apps/npb/openmp
LIBS_npb := $(NPB_OPENMP)
