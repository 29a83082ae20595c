# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Every fuzzer for $FUZZ_SECONDS (20): long.
seconds=${FUZZ_SECONDS:-20}
if command -v clang > /dev/null; then
    check "fuzzers, $seconds s each" make -s -j"$(nproc)" B="$B" fuzz FUZZ_SECONDS="$seconds"
else
    skip "fuzzers" "clang is not installed"
fi
