# SPDX-License-Identifier: PostgreSQL
# shellcheck shell=bash
# What the scripts beside it share: each is `. "$(dirname "$0")/lib.sh"` and then one check. Sourced, never run.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tools/lib.sh

# cppcheck needs no headers of the system.
cppcheck_suppressed=(missingIncludeSystem)

# What the coverage does not count: no test can make an assert fail and go on.
coverage_uncounted='^\s*assert\(.*'

# configure DIRECTORY [CMAKE ARGUMENT ...]: a build of its own under build/.
configure() {
    local directory=$1
    shift
    quietly cmake -B "$directory" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_EXPORT_COMPILE_COMMANDS=ON "$@"
}

# in_source PATTERN: the places in the source where a check is switched off.
in_source() {
    grep -rnE "$1" src include | sed 's/[[:space:]]\+/ /g' || true
}
