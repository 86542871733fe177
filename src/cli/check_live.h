/* SPDX-License-Identifier: PostgreSQL */
/* check_live.h - config check --live: what only a connection, or another file, can tell. */
#ifndef BDRMON_CLI_CHECK_LIVE_H
#define BDRMON_CLI_CHECK_LIVE_H

#include "arguments.h"

/* Look at all that the file PATH, which has no errors, names, and tell what was found. Does not
 * return: a thread may hang and still use what it was given. */
_Noreturn void check_live(const struct arguments *arguments, const char *path);

#endif
