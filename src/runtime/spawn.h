/* SPDX-License-Identifier: PostgreSQL */
/* spawn.h - start a shell script as a child: in a process group of its own, with
 * signals unblocked and reset, and with no descriptor of ours but the pipe that
 * its output goes to. Waiting for it is child.h. Threads: any.
 */
#ifndef BDRMON_SPAWN_H
#define BDRMON_SPAWN_H

#include "bdrmon/error.h"

#include <sys/types.h>

struct child {
	pid_t pid;  /* and its process group */
	int pidfd;  /* readable when it has ended */
	int output; /* what it writes to stdout and stderr; does not block */
};

/* Can children be awaited here?
 * Errors: ERR_SYSTEM  the kernel is older than pidfd_open(2), Linux 5.3 */
enum status spawn_check(struct error *err);

/* Start /bin/sh -c SCRIPT with stdin /dev/null.
 *
 * child    written on OK only; the caller ends it with child_wait()
 * Errors:  ERR_SYSTEM
 * Source:  posix_spawn and not fork: that would cost milliseconds per 100 MiB and
 *          stop the other threads meanwhile
 */
enum status spawn_script(const char *script, char *const environment[], struct child *child,
			 struct error *err);

/* Let another process read OUTPUT and throw it away until its writers are gone, so
 * that who still writes does not die of SIGPIPE when bdrmon closes it. Best effort. */
void spawn_drain(int output);

#endif
