# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# C++ and OpenMP as in area cxx, with their libraries built first, which takes minutes; and under Xen and KVM.
if grep -q '^cc=.*clang' "$B/limpet-cc"; then
    skip "the libraries of C++ and OpenMP" "built for clang"
else
    check "the C++ library is built" "$B/setup/gcc-libs.sh" cxx
    check "OpenMP's library is built" "$B/setup/gcc-libs.sh" openmp
fi
# shellcheck source=tests/area/cxx.sh
. tests/area/cxx.sh
cp "$own"/{library,openmp}.elf "$TMP/" 2> /dev/null || :
in_lab() { # LAB PLATFORM…
    local lab=$1 platform
    shift
    {
        for platform; do
            echo "part '$platform library' ./limpet run library -p $platform --mem 256 --smp 2 --timeout 300"
            echo "part '$platform openmp' ./limpet run openmp -p $platform --smp 2 -e CPUS=2 --timeout 300"
        done
    } | session "$lab" 900
}
if [ -f "$TMP/library.elf" ]; then
    check "a lab with Xen" in_lab xen xen-pvh xen-hvm
    check "a lab with KVM" in_lab kvm kvm vmm
    for where in xen:xen-pvh xen:xen-hvm kvm:kvm kvm:vmm; do
        for program in library openmp; do
            check "$program on ${where#*:}" ended "${where%:*}" "${where#*:} $program" 0 '^PASS '
        done
    done
fi
