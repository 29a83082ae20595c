# Completion of limpet for bash: source this file, or install it as bash-completion's completions/limpet.
# The words come from the tool itself.
# SPDX-License-Identifier: BSD-2-Clause

_limpet() {
    local word file
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        if [[ $word != / ]]; then
            COMPREPLY+=("$word")
            continue
        fi
        while IFS= read -r file; do
            COMPREPLY+=("$file")
        done < <(compgen -f -- "$2")
        compopt -o filenames 2>/dev/null
    done < <("$1" help --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -F _limpet limpet
