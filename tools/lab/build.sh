#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Builds the lab: a kernel, programs and a hypervisor with which KVM and Xen work inside plain QEMU
# (see README.md).
#
# usage: build.sh [-n] OUTDIR       -n only tells how many MB it would fetch: 0 when there is nothing to do
# Makes OUTDIR from the packages of the distribution that it runs on, without installing any of them
# and without being root. A lab that is up to date and undamaged is left alone. OUTDIR is a symbolic
# link: each build is a folder of its own beside it, which stays as long as somebody has it locked.
set -eu
umask 022
LC_ALL=C
export LC_ALL

# What the lab is made of. Libraries come by dependency; a module group is loaded by init's load().
packages='qemu-system-x86 busybox-static libjansson4 xen-system-amd64 qemu-system-xen ovmf'
programs='usr/bin/qemu-system-x86_64'
xen_programs='xl xenstored xen-init-dom0 xenconsoled xenconsole xenstore-control xen-hvmctx xenctx xentrace
              lsevtchn'
extra_libs='libjansson.so.4 libm.so.6 libgcc_s.so.1'
firmware='bios-256k.bin bios-microvm.bin qboot.rom kvmvapic.bin linuxboot_dma.bin
          multiboot_dma.bin pvh.bin vgabios-stdvga.bin'
ovmf='ovmf/OVMF.fd OVMF/OVMF_CODE_4M.fd OVMF/OVMF_VARS_4M.fd' # UEFI: Xen takes the first, QEMU the other two
module_groups='base kvm-amd kvm-intel net xen'
modules_of() {
    case $1 in
    base) echo virtio_pci virtio_console 9p 9pnet_virtio ;;
    kvm-amd) echo kvm kvm_amd ;;
    kvm-intel) echo kvm kvm_intel ;;
    net) echo tun ;;
    xen) echo xenfs xen_privcmd xen_evtchn xen_gntdev xen_gntalloc ;;
    esac
}
PEAK_TENTHS=50 # what a build takes on the disk, in tenths of its download: 45 as seen (540 MB of 122)
# Only packages with these names are fetched: the others (init scripts, perl, …) are never run.
wanted='^(lib.*|zlib1g|qemu-system-(x86|xen|common|data)|seabios|ovmf|busybox-static|xen-(hypervisor-[0-9].*|utils-([0-9].*|common))|xenstore-utils|linux-(image|modules).*-[0-9].*)$'

say() { echo "lab: $*" >&2; }
die() {
    say "$*"
    exit 1
}

# Whether the disk is full is told at the end of whatever failed.
free_mib() { df -Pm "$(dirname "$out")" | awk 'NR == 2 { print $4 }'; }
is_full() { [ "$(free_mib)" -lt 2 ] || grep -qs -e 'No space left' -e 'quota exceeded' "$work/apt.log"; }

# need TOOL:PACKAGE…: what is missing is told at once, before anything is fetched.
need() {
    absent=
    for pair in "$@"; do
        command -v "${pair%:*}" >/dev/null || absent="$absent ${pair#*:}"
    done
    [ -z "$absent" ] || die "packages are missing; as root: apt-get update && apt-get install -y$absent"
}

# The packages to use, one NAME=VERSION a line, as if nothing were installed on this machine.
resolve() {
    # shellcheck disable=SC2086
    apt_get -s install $kernel_package $packages >"$work/plan" 2>"$work/apt.log" || {
        tail -n 5 "$work/apt.log" >&2
        die "apt cannot plan the packages (its words are above); 'apt-get update' as root may help"
    }
    awk -v wanted="$wanted" \
        '/^Inst / && $2 ~ wanted { sub(/\(/, "", $3); print $2 "=" $3 }' "$work/plan" | sort
}

apt_get() {
    apt-get -o Dir::State::status=/dev/null -o Dir::Cache="$work/apt" -o Debug::NoLocking=1 \
        -o APT::Install-Recommends=0 -o APT::Sandbox::User="$(id -un)" "$@"
}

# What the packages of list FILE have to fetch, for which there must be room.
size() {
    # shellcheck disable=SC2046
    mib=$(apt_get -q=2 --print-uris download $(cat "$1") | awk '{ b += $3 } END { printf "%d", b / 1048576 }')
    needed=$((mib * PEAK_TENTHS / 10))
    [ "$(free_mib)" -ge "$needed" ] ||
        die "$needed MB are needed in $(dirname "$out") while the lab is built, $(free_mib) MB are free there"
}

# Fetches the packages of list FILE into $work/debs.
download() {
    size "$1"
    say "downloading $(wc -l <"$1") packages ($mib MB)…"
    # shellcheck disable=SC2046
    (cd "$work/debs" && apt_get -q=2 download $(cat "$1") >"$work/apt.log" 2>&1) || {
        tail -n 5 "$work/apt.log" >&2
        ! is_full || die "the download failed"
        die "the download failed (apt's words are above); check the network and 'apt-get update'"
    }
}

# Unpacks what is of use: the kernel's image and modules, everything else whole.
unpack() {
    say "unpacking…"
    for deb in "$work"/debs/*.deb; do
        case $deb in
        */linux-*) unpack_kernel "$deb" "$work/kernel" ;;
        *) dpkg-deb -x "$deb" "$work/packages" ;;
        esac || die "cannot unpack $(basename "$deb")"
        rm "$deb"
    done
}

unpack_kernel() {
    dpkg-deb --fsys-tarfile "$1" | tar -xf - -C "$2" --no-same-owner \
        --exclude='*/drivers/gpu' --exclude='*/drivers/media' --exclude='*/drivers/net/?*/*' \
        --exclude='*/drivers/scsi' --exclude='*/drivers/infiniband' --exclude='*/sound' \
        --exclude='*/usr/share'
}

# The ELF inside a bzImage: decompressed here, because under TCG that takes four seconds.
extract_vmlinux() {
    setup=$(number "$1" 497 1)
    at=$(((setup + 1) * 512 + $(number "$1" 584 4)))
    size=$(number "$1" 588 4)
    magic=$(od -An -tx1 -j "$at" -N 4 "$1" | tr -d ' ')
    # All but gzip have four bytes of the kernel's own after the stream.
    case $magic in
    fd377a58) unpacker=xz size=$((size - 4)) ;;
    28b52ffd) unpacker=zstd size=$((size - 4)) ;;
    1f8b*) unpacker=gzip ;;
    *) die "the kernel is compressed in a way not known here (magic $magic)" ;;
    esac
    tail -c "+$((at + 1))" "$1" 2>/dev/null | head -c "$size" | "$unpacker" -dc >"$2" ||
        die "cannot decompress the kernel with $unpacker"
    # Scratch space for the unpacking that has just been done: 4 MB, with 17 MB of zeros before it.
    objcopy -R .init.scratch "$2" || die "cannot strip the kernel"
    readelf -nW "$2" 2>/dev/null | grep -q '(0x00000012)' ||
        die "the kernel has no PVH entry (CONFIG_PVH), so QEMU cannot start it as an ELF"
}

# number FILE OFFSET SIZE: a little-endian field of a header.
number() { od -An "-tu$3" -j "$2" -N "$3" "$1" | tr -d ' '; }

# copy_libs NAME...: these libraries and all that they need, to where the loader looks first.
copy_libs() {
    for so in "$@"; do
        [ ! -e "$root/lib/x86_64-linux-gnu/$so" ] || continue
        from=$(grep -m 1 "/$so\$" "$work/libs") ||
            die "library $so is in none of the packages (build.sh's pattern 'wanted' too narrow?)"
        cp -L "$from" "$root/lib/x86_64-linux-gnu/$so"
        # shellcheck disable=SC2046
        copy_libs $(needs_of "$from")
    done
}

needs_of() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

# copy_programs PATH...: with the libraries that they need.
copy_programs() {
    for program in "$@"; do
        mkdir -p "$root/$(dirname "$program")"
        cp "$work/packages/$program" "$root/$program" || die "$program is in none of the packages"
        # shellcheck disable=SC2046
        copy_libs $(needs_of "$root/$program")
    done
}

fill_programs() {
    say "collecting programs and libraries…"
    mkdir -p "$root/usr/share/qemu" "$root/lib/x86_64-linux-gnu" "$root/lib64"
    # Shortest path first: a plain library goes before one in some plugin's own folder.
    find "$work/packages" -name '*.so*' | awk '{ print length, $0 }' | sort -n | cut -d' ' -f2- >"$work/libs"
    # shellcheck disable=SC2086
    copy_programs $programs
    # shellcheck disable=SC2086
    copy_libs $extra_libs ld-linux-x86-64.so.2
    mv "$root/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" "$root/lib64/"
    for rom in $firmware; do
        cp -L "$work/packages/usr/share/qemu/$rom" "$root/usr/share/qemu/" 2>/dev/null ||
            cp -L "$work/packages/usr/share/seabios/$rom" "$root/usr/share/qemu/" ||
            die "QEMU's $rom is in none of the packages"
    done
    for file in $ovmf; do
        mkdir -p "$root/usr/share/${file%/*}"
        cp -L "$work/packages/usr/share/$file" "$root/usr/share/$file" || die "$file is in none of the packages"
    done
}

# The hypervisor and dom0's programs, under the names that are built into them.
fill_xen() {
    gzip -dc "$(find "$work/packages/boot" -name 'xen-*.gz')" >"$work/new/xen" ||
        die "no hypervisor in the packages"
    lib=$(cd "$work/packages" && echo usr/lib/xen-[0-9]*)
    for program in $xen_programs; do
        copy_programs "$lib/bin/$program"
    done
    copy_programs usr/libexec/xen-qemu-system-i386 usr/bin/xenstore usr/sbin/xenhypfs
    for tool in chmod exists list ls read rm watch write; do
        ln -s xenstore "$root/usr/bin/xenstore-$tool"
    done
    for so in "$root"/lib/x86_64-linux-gnu/libxen*.so.*; do
        ln -s "${so##*/}" "${so%.so.*}.so"
    done
    mkdir -p "$root/$lib/boot" "$root/usr/share/seabios"
    cp "$work/packages/$lib/boot/hvmloader" "$root/$lib/boot/"
    ln -s ../qemu/bios-256k.bin "$root/usr/share/seabios/"
    cp -r "$work/packages/usr/share/qemu/keymaps" "$root/usr/share/qemu/"
}

# Where modprobe looks for them; a group's file lists its modules, less what is built in.
fill_modules() {
    version=$(kernel_version)
    modules=$initrd/lib/modules/$version
    mkdir -p "$modules"
    find "$work/kernel" -name '*.ko*' >"$work/modules"
    sed 's/-/_/g' "$(find "$work/kernel" -name modules.builtin)" >"$work/builtin"
    for group in $module_groups; do
        # shellcheck disable=SC2046
        copy_modules $(modules_of "$group")
        for module in $(modules_of "$group"); do
            [ ! -e "$modules/$module.ko" ] || printf '%s ' "$module"
        done >"$initrd/lib/modules/$group"
    done
}

kernel_version() { basename "$(dirname "$(find "$work/kernel" -name modules.builtin)")"; }

# copy_modules NAME...: with those that they need.
copy_modules() {
    for module in "$@"; do
        ! grep -q "/$module\.ko\$" "$work/builtin" || continue
        ko=$modules/$module.ko
        [ ! -e "$ko" ] || continue
        copy_module "$module" "$ko"
        # shellcheck disable=SC2046
        copy_modules $(tr '\0' '\n' <"$ko" | sed -n 's/^depends=//p' | tr ',-' ' _')
    done
}

# Without debug data, BTF and signature the modules loaded in half the time (README.md).
copy_module() {
    from=$(awk -F/ -v name="$1" '{ n = $NF; sub(/\.ko.*/, "", n); gsub("-", "_", n) } n == name' "$work/modules")
    [ -n "$from" ] || die "the kernel module $1 is in none of the packages"
    case $from in
    *.xz) xz -dc "$from" >"$2" ;;
    *.zst) zstd -dcq "$from" >"$2" ;;
    *.gz) gzip -dc "$from" >"$2" ;;
    *) cp "$from" "$2" ;;
    esac
    objcopy -g -R .BTF "$2" || die "cannot strip the kernel module $1"
}

# What the lab boots with; the programs are in a folder that it shares with the host.
fill_initrd() {
    say "packing the initramfs…"
    mkdir -p "$initrd/bin" "$initrd/etc/xen" "$initrd/var/lib/xen" "$initrd/var/lock" "$initrd/var/log/xen"
    (cd "$initrd" && mkdir proc sys dev tmp run job lab root && mkdir -p lib run/xen)
    ln -s lab/usr lab/lib64 "$initrd/"
    ln -s ../lab/lib/x86_64-linux-gnu "$initrd/lib/"
    ln -s /run "$initrd/var/run"
    cp "$(find "$work/packages" -path '*/bin/busybox')" "$initrd/bin/busybox"
    for applet in $("$initrd/bin/busybox" --list); do
        [ "$applet" = busybox ] || ln -s busybox "$initrd/bin/$applet"
    done
    printf '%s\n' 'autoballoon="off"' 'run_hotplug_scripts=0' >"$initrd/etc/xen/xl.conf"
    cp "$here/init" "$initrd/init"
    chmod 755 "$initrd/init"
    fill_modules
    "$here/pack.sh" "$initrd" "$work/new/initrd.cpio"
}

write_manifest() {
    (cd "$work/new" && find . ! -type d | sort | xargs -d '\n' sha256sum) >"$work/sums"
    mv "$work/sums" "$work/new/sums"
    echo "key $key"
    echo "seen $seen"
    echo "kernel $(kernel_version)"
    echo "sums $(sum_of "$work/new/sums")"
    cat "$work/list"
}

# Puts the new lab beside the old one and turns the link over; nobody ever sees half of one, not even
# after a power cut.
publish() {
    home=$out.$(echo "$key" | cut -c1-12)
    while [ -e "$home" ]; do # damaged, and maybe in use
        home=$home+
    done
    sync -f "$work/new"
    mv "$work/new" "$home"
    [ -L "$out" ] || [ ! -e "$out" ] || mv "$out" "$home.old" # a folder, as older versions left it
    ln -s "$(basename "$home")" "$work/link"
    mv -T "$work/link" "$out"
    sync -f "$home"
}

# Removes older labs that nobody uses, and what killed builds have left.
sweep() {
    for old in "$out".*; do
        if [ -d "$old" ] && [ "$old" != "$work" ] && [ "${old##*/}" != "$(readlink "$out")" ]; then
            flock -n "$old" rm -rf "$old" || say "$old is in use; a later build removes it"
        fi
    done
}

sum_of() { sha256sum "$1" | cut -d' ' -f1; }

in_manifest() { [ "$(sed -n "s/^$1 //p" "$out/manifest" 2>/dev/null)" = "$2" ]; }

# Is every file as it was built?
is_whole() {
    [ -f "$out/sums" ] && in_manifest sums "$(sum_of "$out/sums")" &&
        (cd "$out" && sha256sum --status -c sums 2>/dev/null)
}

# There is nothing to do but to tidy up, unless somebody builds just now.
up_to_date() {
    if [ "$only_look" ]; then
        echo 0
    elif [ -w "$(dirname "$out")" ]; then
        exec 9>"$out.lock"
        ! flock -n 9 || sweep
    fi
    exit 0
}

work='' only_look=''
if [ "${1-}" = -n ]; then
    only_look=yes
    shift
fi
[ $# -eq 1 ] || die "usage: build.sh [-n] OUTDIR"
out=${1%/}
here=$(cd "$(dirname "$0")" && pwd)
recipe=$(cat "$here/build.sh" "$here/pack.sh" "$here/init" "$here"/*.args | sha256sum | cut -d' ' -f1)

# Asking apt takes seconds: as long as apt's lists have not changed, neither has its answer.
seen=$({ echo "$recipe"; ls -l --time-style=+%s /var/lib/apt/lists; } | sha256sum | cut -d' ' -f1)
in_manifest seen "$seen" && is_whole && up_to_date

# Debian 12 compresses its kernel by xz, Debian 13 and Ubuntu by zstd.
[ "$only_look" ] || need apt-get:apt dpkg-deb:dpkg cpio:cpio objcopy:binutils xz:xz-utils zstd:zstd
[ "$(dpkg --print-architecture)" = amd64 ] || die "the lab can be built on amd64 only"
kernel_package=linux-image-amd64
grep -qsi '^ID.*ubuntu' /etc/os-release && kernel_package=linux-image-generic

{ mkdir -p "$(dirname "$out")" && [ -w "$(dirname "$out")" ]; } || die "cannot write in $(dirname "$out")"
out=$(cd "$(dirname "$out")" && pwd)/$(basename "$out")
exec 9>"$out.lock"
flock 9
in_manifest seen "$seen" && is_whole && up_to_date
work=$(mktemp -d "$out.XXXXXX")
end() {
    status=$?
    [ $status = 0 ] || ! is_full || say "the disk is full ($(free_mib) MB are free in $(dirname "$out"))"
    rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM HUP
root=$work/new/root
initrd=$work/initrd
mkdir -p "$work/apt/archives/partial" "$work/debs" "$work/kernel" "$work/packages" "$root" "$initrd"

resolve >"$work/list"
key=$({ echo "$recipe"; cat "$work/list"; } | sha256sum | cut -d' ' -f1)
if in_manifest key "$key" && is_whole; then
    sed "s/^seen .*/seen $seen/" "$out/manifest" >"$work/manifest"
    mv "$work/manifest" "$out/manifest"
    up_to_date
fi
if [ "$only_look" ]; then
    size "$work/list"
    echo "$mib"
    exit 0
fi

download "$work/list"
unpack
cp "$(find "$work/kernel/boot" -name 'vmlinuz-*')" "$work/new/vmlinuz"
chmod 644 "$work/new/vmlinuz"
extract_vmlinux "$work/new/vmlinuz" "$work/new/vmlinux"
fill_programs
fill_xen
fill_initrd
cp "$here/kvm.args" "$here/xen.args" "$work/new/"
write_manifest >"$work/manifest"
mv "$work/manifest" "$work/new/manifest"
publish
sweep
say "ready: $(du -sm "$out/" | cut -f1) MB in $out"
