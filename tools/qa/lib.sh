# SPDX-License-Identifier: PostgreSQL
# shellcheck shell=bash
# What the scripts beside it share: each is `. "$(dirname "$0")/lib.sh"` and then one check. Sourced, never run.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tools/lib.sh

# configure DIRECTORY [CMAKE ARGUMENT ...]: a build of its own under build/.
configure() {
    local directory=$1
    shift
    quietly cmake -B "$directory" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_EXPORT_COMPILE_COMMANDS=ON "$@"
}

# suppressions TITLE [LINE ...]: what this check was told to pass over, so that nobody has to look for it.
suppressions() {
    local title=$1
    shift
    say "suppressions ($title): $#"
    [ $# -eq 0 ] || printf '    %s\n' "$@"
}

# in_source PATTERN: the places in the source where a check is switched off, into the array `places`.
in_source() {
    mapfile -t places < <(grep -rnE "$1" src include | sed 's/[[:space:]]\+/ /g')
}
