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
