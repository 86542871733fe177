/* SPDX-License-Identifier: PostgreSQL */
/* spawn.h - start a guard (guard.h) ahead, and give it a command. Waiting for the
 * command is child.h. Threads: any.
 */
#ifndef BDRMON_SPAWN_H
#define BDRMON_SPAWN_H

#include "bdrmon/error.h"
#include "bdrmon/guard.h"
#include "bdrmon/limits.h"
#include "bdrmon/strbuf.h"

#include <sys/types.h>

struct child {
	pid_t guard;
	int socket;                /* to the guard; -1: there is none */
	char trace[PATH_TEXT_MAX]; /* empty: it could not be made */
	struct error trace_missing;
};

/* Find the guard's program (beside.h), or take the one at PATH if that is not NULL.
 *
 * program  a descriptor: so an upgrade of the package cannot put a guard there that speaks
 *          otherwise than this bdrmon
 * Errors:  ERR_SYSTEM
 */
enum status spawn_open(const char *path, int *program, struct error *err);

/* Start a guard; it waits for a command. Its trace lies in DIRECTORY, LABEL in its name.
 *
 * child    written on OK only; the caller ends it with child_wait() or spawn_discard()
 * Errors:  ERR_SYSTEM
 * Source:  posix_spawn and not fork: that would cost milliseconds per 100 MiB and
 *          stop the other threads meanwhile
 */
enum status spawn_guard(int program, const char *directory, const char *label, struct child *child,
			struct error *err);

/* Give CHILD its command: SCRIPT is for /bin/sh -c, VARIABLES are texts "NAME=value",
 * each with its NUL. Does not block.
 * Errors: ERR_SYSTEM  the guard is gone. It has not got the command then. */
enum status spawn_give(const struct child *child, const struct guard_job *job, const char *script,
		       const struct strbuf *variables, struct error *err);

/* End a guard that has got no command, and remove its trace. */
void spawn_discard(struct child *child);

#endif
