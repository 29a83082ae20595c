# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Several machines by one plan: the playbook on local hosts, of which one fails; the Slurm script with an srun of our own.
tool=$(realpath "$B")/limpet
results="$TMP/my results"
printf '%s\n' '[limpet]' "one limpet_there='$tool'" "two limpet_there='$tool'" 'three limpet_there=false' '[limpet:vars]' \
    ansible_connection=local > "$TMP/hosts"
play() { # HOSTS OPTION…
    env ANSIBLE_HOME="$TMP/ansible" ANSIBLE_NOCOLOR=1 LIMPET_APPS="$(realpath "$B")/apps" ansible-playbook -i "$1" \
        -e '{"limpet_plan": ["basic", "-p", "qemu", "--only", "getpid", "-n", "2"]}' -e limpet_at_once=1 \
        -e "limpet_here='$tool' limpet_results='$results'" "${@:2}" tools/fleet/bench.yml
}
result_of() { jq -e --arg name "$1" '.label == $name and ([.rows[] | select(.name == "getpid") | .least | length] == [2])' "$2"; }
if command -v ansible-playbook > /dev/null; then
    expect "fleet: a play in which a host fails fails" 2 'no result of three: ' play "$TMP/hosts"
    also "fleet: and says what failed there" 'three has no result: ."Measure." failed'
    for host in one two; do check "fleet: the result of $host" result_of $host "$results/$host.json"; done
    page() { grep -q '</html>' "$results/fleet.html" && grep -qw one "$results/fleet.html" && grep -qw two "$results/fleet.html"; }
    check "fleet: one page has both" page
    tidy() { ! ls -d "${TMPDIR:-/tmp}"/limpet-fleet.*; }
    check "fleet: nothing is left behind" tidy
else
    skip "fleet: the playbook" "ansible-core is not installed"
fi

# Slurm: an srun that does what one task a node does, on each of $NODES; n3 fails.
mkdir "$TMP/bin"
ln -s "$tool" "$TMP/bin/limpet"
cat > "$TMP/bin/srun" << 'END'
#!/bin/bash
while [[ $1 = -* ]]; do shift; done
for node in $NODES; do
    PATH=$([ "$node" = n3 ] && echo /nonexistent || echo "$PATH") SLURMD_NODENAME=$node "$(command -v "$1")" "${@:2}" || failed=1
done
exit ${failed-0}
END
chmod +x "$TMP/bin/srun"
batch() { env PATH="$TMP/bin:$PATH" NODES="$1" LIMPET_APPS="$(realpath "$B")/apps" tools/fleet/limpet.sbatch "${@:2}"; }
check "fleet: Slurm's script" batch "n1 n2" "$TMP/slurm" basic -p qemu --only getpid -n 2
for node in n1 n2; do check "fleet: the result of $node" result_of $node "$TMP/slurm/$node.json"; done
check "fleet: and their page" grep -q '</html>' "$TMP/slurm/fleet.html"
expect "fleet: a node that fails fails the job" 1 'a node failed' batch "n1 n3" "$TMP/slurm 2" basic -p qemu --only getpid -n 2
check "fleet: the others have their results" result_of n1 "$TMP/slurm 2/n1.json"
expect "fleet: a folder with results of another job" 2 'has results already' batch n1 "$TMP/slurm" basic
expect "fleet: no folder" 2 '^usage: sbatch' batch n1
