# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The Debian package: lintian, a bare Debian 12 where it is installed, used and purged; an installed tool's lab: long.
packaged() { env -u MAKEFLAGS -u MFLAGS make -s -o all B="$B" deb; }
check "package: make deb" packaged
deb=$(realpath "$B")/deb/limpet_$("$B/limpet" --version | sed 's/limpet //')_amd64.deb
check "package: lintian has no error and no warning" lintian --allow-root --fail-on error,warning "$deb"
cp "$deb" "$TMP/first.deb"
again() { packaged && cmp "$deb" "$TMP/first.deb"; }
check "package: the same bytes again" again

# An installed tool boots the lab that it finds in the user's cache folder.
unpacked() { dpkg-deb -x "$deb" "$TMP/a root" && mkdir -p "$TMP/cache/limpet" && ln -s "$(realpath "$B")/lab" "$TMP/cache/limpet/lab"; }
check "package: unpacked" unpacked
expect "package: hello in an installed tool's lab" 0 '^argument 1: in the lab$' \
    env XDG_CACHE_HOME="$TMP/cache" "$TMP/a root/usr/bin/limpet" run hello -p kvm --lab -- "in the lab"

bare=$TMP/bare
bare_debian() {
    local mirror
    # shellcheck disable=SC2016 # $(…) is apt's own format
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
        sed -n 's/^Debian bookworm //p' | head -n 1)
    debootstrap --variant=minbase bookworm "$bare" "${mirror:-http://deb.debian.org/debian}"
}
# inside WORDS: in the bare system, as root, with nothing in the environment but PATH; it has a /proc then.
inside() {
    # shellcheck disable=SC2016 # the inner shell's
    unshare -m sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        DEBIAN_FRONTEND=noninteractive "$@"' "$bare" "$@"
}
if [ "$(id -u)" != 0 ]; then
    skip "package: in a bare Debian 12" "only root can make one"
else
    check "package: a bare Debian 12" bare_debian
    cp "$deb" "$bare/tmp/limpet.deb"
    printf '%s\n' '#include <stdio.h>' 'int main(void) { puts("mine"); return 7; }' > "$bare/tmp/mine.c"
    check "package: apt knows what there is" inside apt-get -qq update
    check "package: installs" inside apt-get -qq install -y --no-install-recommends /tmp/limpet.deb qemu-system-x86
    expect "package: hello runs there" 0 '^argument 1: a b$' inside limpet run hello -p qemu -- "a b"
    check "package: limpet-cc builds there" inside limpet-cc -O2 /tmp/mine.c -lm -o /tmp/mine.elf
    expect "package: its program runs there" 7 '^mine$' inside limpet run /tmp/mine.elf -p qemu
    expect "package: limpet-bz works there" 0 '^$' inside sh -c 'limpet-bz /tmp/mine.elf && echo'
    check "package: purges" inside apt-get -qq purge -y limpet
    gone() { find "$bare" -xdev -name '*limpet*' ! -path "$bare/tmp/*" | (! grep .); }
    check "package: nothing is left of it" gone

    # Two hosts of the fleet, by a connection like ssh's.
    check "package: what Ansible needs on a host" inside apt-get -qq install -y --no-install-recommends python3 python3-apt
    hosts() { mkdir "$TMP/hosts" && cp -a "$bare" "$TMP/hosts/one" && mv "$bare" "$TMP/hosts/two"; }
    check "package: two hosts" hosts
    printf '%s\n' '[limpet]' one two '[limpet:vars]' "ansible_ssh_executable=$PWD/tests/fakes/ssh" \
        ansible_ssh_transfer_method=piped ansible_become_method=su > "$TMP/inventory"
    play() {
        env FAKE_HOSTS="$TMP/hosts" ANSIBLE_HOME="$TMP/ansible" ANSIBLE_NOCOLOR=1 ansible-playbook -i "$TMP/inventory" \
            -e '{"limpet_plan": ["basic", "-p", "qemu", "--only", "getpid", "-n", "2"], "limpet_packages": ["qemu-system-x86"]}' \
            -e "limpet_package='$deb' limpet_here='$(realpath "$B")/limpet' limpet_results='$TMP/results'" tools/fleet/bench.yml
    }
    expect "package: the fleet's play installs it on both, and measures" 0 'the page: .*/fleet.html' play
    results() { for host in one two; do jq -es --arg name $host 'length == 1 and .[0].label == $name' "$TMP/results/$host.json" || return; done; }
    check "package: a result of each" results
    check "package: one page" grep -q '</html>' "$TMP/results/fleet.html"
    rm -rf "$TMP/hosts"
fi
