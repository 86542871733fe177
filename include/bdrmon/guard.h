/* SPDX-License-Identifier: PostgreSQL */
/* guard.h - the guard: a small process that runs one command, so that the command's
 * deadline is kept, and its end is known, even if bdrmon is gone.
 *
 * bdrmon starts a guard ahead, and the guard waits at its socket. It gets one message
 * with a job, runs it, reports, and ends. If bdrmon ends before it gives a job, the guard
 * ends, too; if bdrmon ends later, the guard goes on to the command's end or deadline. As
 * long as a process writes to the command's output, the guard reads it: so nobody who
 * writes ever waits for bdrmon or dies of SIGPIPE.
 *
 * At the deadline the command's process group gets TERM. When all that descends from
 * the command is gone, and at the latest after kill_after, what is left gets KILL:
 * the group, and also what has left the group with setsid, since the guard is who
 * inherits orphans. What a command in time leaves running is not touched: the site may
 * want that. If the guard itself is killed, the kernel kills the command.
 */
#ifndef BDRMON_GUARD_H
#define BDRMON_GUARD_H

#include "bdrmon/fate.h"
#include "bdrmon/instant.h"

#include <sys/types.h>

/* What a guard inherits besides stdin, stdout and stderr, which are /dev/null. */
#define GUARD_SOCKET 3 /* to bdrmon; keeps the bounds of messages */
#define GUARD_TRACE  4 /* its trace, locked (trace.h); may be closed */

/* The head of the message that bdrmon sends. Behind it are texts, each with its NUL:
 * the script for /bin/sh -c, then variables, "NAME=value". They are added to the
 * guard's own environment, of which what begins with the prefix is taken out. */
struct guard_job {
	int64_t serial;
	int attempt;
	struct instant deadline; /* the monotonic clock is the same for all processes */
	int64_t kill_after_ms;   /* from TERM to KILL */
	int64_t output_max_bytes;
};

#define GUARD_VARIABLE_PREFIX "BDRMON_"
#define GUARD_MESSAGE_MAX     (64 * 1024)

enum guard_report_kind {
	GUARD_READY,  /* process; it waits for its job */
	GUARD_OUTPUT, /* bytes of the command's output follow */
	GUARD_ENDED,  /* fate, dropped */
};

/* The head of each message that the guard sends. */
struct guard_report {
	enum guard_report_kind kind;
	pid_t process; /* the command's, and its process group */
	struct fate fate;
	int64_t dropped; /* bytes of output that were read and not sent */
};

#define GUARD_OUTPUT_MAX 4096 /* in one message */

/* From KILL to giving up. Only a process that hangs in the kernel takes so long. */
#define GUARD_GIVE_UP_MS 1000

/* The whole life of a guard, in a process of its own with the descriptors above. Gives
 * the process's exit code. */
int guard_main(void);

#endif
