/* SPDX-License-Identifier: PostgreSQL */
/* child.h - wait for a command that a guard runs: its output, and how it ended. */
#ifndef BDRMON_CHILD_H
#define BDRMON_CHILD_H

#include "bdrmon/fate.h"
#include "bdrmon/instant.h"
#include "lines.h"
#include "spawn.h"

struct child_limits {
	struct instant over; /* the guard has told the end by then, or it hangs */
	int stop_fd;         /* readable when bdrmon stops; borrowed */
};

struct child_result {
	struct fate fate;
	pid_t process; /* 0: not known */
};

/* Wait until the guard of CHILD tells how its command ended, or there is nothing more to
 * wait for, and let go of the guard. The output goes to LINES, which the caller closes.
 *
 * At a stop the command is left running, under its guard. A guard that is gone, or
 * silent at `over`, is killed, which kills the command: the fate is FATE_LOST.
 */
struct child_result child_wait(struct child *child, const struct child_limits *limits,
			       struct lines *lines);

#endif
