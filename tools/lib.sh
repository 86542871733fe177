# SPDX-License-Identifier: PostgreSQL
# shellcheck shell=bash
# What the bash tools share. Sourced, never run.

# say TEXT: one line of progress, so that nobody waits without knowing for what.
say() {
    printf '%s: %s\n' "${0##*/}" "$*"
}

# die TEXT: one line with the reason, then a failing exit.
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# have_package NAME: is the Debian package installed and configured?
have_package() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need COMMAND PACKAGE: or say how to get it.
need() {
    command -v "$1" >/dev/null || die "$1 is missing: apt-get install $2 (or run tools/install-deps --qa)"
}

# quietly COMMAND [ARGUMENT ...]: a build's own output is of interest only if it fails.
quietly() {
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        die "failed: $*"
    fi
    rm -f "$log"
}

# run_tests PRESET [CTEST ARGUMENT ...]: three at a time, since most wait for their servers; those that measure time run
# alone.
run_tests() {
    local preset=$1
    shift
    ctest --test-dir "build/$preset" -j3 --output-on-failure --no-tests=error "$@"
}
