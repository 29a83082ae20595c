# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Of a result of the suite vmm.
rows() { # PLATFORM N FILE: all of them, and all guests held their memory at the same time
    jq -e --arg p "$1" --arg n "$2" '
        ["hello, set-up", "hello, start to exit", "fibonacci, start to exit", "matrix, start to exit",
         "characters, start to exit", "multiply, start to exit", "counter, start to exit", "fibonacci(30)", "fibonacci(90)",
         "matrix 8x8", "characters 1 KiB", "multiply 9x9", "counter, a line", "hypercall, CPUID", "hypercall, port",
         "isolation, 1 at once", "isolation, \($n) at once", "isolation, \($n) at once, all held",
         "isolation, \($n) at once, start to exit"] as $names
        | [.rows[] | select(.suite == "vmm" and .platform == $p)] as $rows
        | ($names - [$rows[].name] | debug) == [] and ($rows | all(.value > 0)) and (.skipped == [])' "$3"
}
