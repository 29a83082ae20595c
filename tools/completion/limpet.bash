# Completion of limpet for bash: source this file, or install it as bash-completion's completions/limpet.
# SPDX-License-Identifier: BSD-2-Clause

# The apps that limpet run finds by name.
_limpet_apps() {
    local dir file
    for dir in "${LIMPET_APPS-}" "$(dirname -- "$(command -v -- "$1")")/apps"; do
        for file in "$dir"/*.elf; do
            [[ -e $file ]] && file=${file##*/} && echo "${file%.elf}"
        done
    done
}

_limpet_words() {
    local word
    while IFS= read -r word; do
        COMPREPLY+=("$word")
    done < <(compgen -W "$1" -- "$2")
}

_limpet_files() {
    local file
    while IFS= read -r file; do
        COMPREPLY+=("$file")
    done < <(compgen -f -- "$1")
    compopt -o filenames 2>/dev/null
}

_limpet_platforms() {
    local all="qemu kvm vmm xen-pvh xen-hvm xen-hvm-disk xen-hvm-disk-fast"
    [[ $1 != bench && $1 != run ]] || all="$all qemu,kvm xen-hvm,xen-pvh all"
    _limpet_words "$all" "$2"
}

_limpet() {
    local tool=$1 word=$2 previous=$3 command=${COMP_WORDS[1]}
    local machine="--machine --cpu --smp --mem --timeout --qemu --qemu-args"
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        _limpet_words "platforms run bench compare boot replay report lab version help --help --version" "$word"
        return
    fi
    case $previous in
    -p | --platform | --platforms) _limpet_platforms "$command" "$word"; return ;;
    --machine) _limpet_words "microvm q35 pc" "$word"; return ;;
    --cpu) _limpet_words "max host qemu64 EPYC Skylake-Client" "$word"; return ;;
    -o | --output | --module | --qemu | --initrd) _limpet_files "$word"; return ;;
    --kernel) [[ $command != boot ]] || _limpet_files "$word"; return ;;
    esac
    case $command:$word in
    platforms:*) _limpet_words "--json --help" "$word" ;;
    run:-*) _limpet_words "-p --platform --tap --lab -e --env -k --kernel --module --tty -v --verbose --help $machine" "$word" ;;
    run:*/*) _limpet_files "$word" ;;
    run:*) _limpet_words "$(_limpet_apps "$tool")" "$word" ;;
    report:-*) _limpet_words "-o --output --md --csv --text --tables --help" "$word" ;;
    report:*) _limpet_files "$word" ;;
    bench:-*) _limpet_words "-p --platforms -n --runs --seed -o --output --partial --only --exits --parallel --stream-args --help $machine" "$word" ;;
    bench:*) _limpet_words "basic stream boot throughput vmm" "$word" ;;
    compare:-*) _limpet_words "--a --b -p --platforms -n --runs --seed --only --force -o --output --timeout --help" "$word" ;;
    compare:*) _limpet_words "basic stream boot" "$word"; _limpet_files "$word" ;;
    boot:*) _limpet_words "--kernel --initrd --append --until -p --platform -n --runs -o --output --help $machine" "$word" ;;
    replay:*) ((COMP_CWORD == 2)) && _limpet_words "hermitcore mini-kvm all --help" "$word" || _limpet_files "$word" ;;
    help:*) _limpet_words "platforms run bench compare boot replay report lab version help" "$word" ;;
    lab:*) ((COMP_CWORD == 2)) && _limpet_words "build status shell exec --help" "$word" ||
        _limpet_words "kvm xen" "$word" ;;
    esac
}

complete -F _limpet limpet
