/* SPDX-License-Identifier: PostgreSQL */
/* child.h - wait for a command: its end, its output, its deadline and ours. */
#ifndef BDRMON_CHILD_H
#define BDRMON_CHILD_H

#include "bdrmon/instant.h"
#include "lines.h"
#include "spawn.h"

struct child_limits {
	struct instant deadline;
	int64_t kill_after_ms; /* from TERM to KILL */
	int stop_fd;           /* readable when bdrmon stops; borrowed */
};

enum child_end {
	CHILD_EXITED,
	CHILD_SIGNALED, /* by someone else */
	CHILD_LATE,     /* its deadline passed; its process group was ended */
	CHILD_STUCK,    /* its deadline passed, and not even KILL ended it */
	CHILD_LEFT,     /* it was in time, but bdrmon stops; it still runs */
	CHILD_LOST,     /* someone else has taken its exit status */
};

struct child_result {
	enum child_end end;
	int code; /* exit code or signal */
};

/* Wait until CHILD has ended, or there is nothing more to wait for, and free what it
 * holds. Its output goes to LINES, which the caller closes.
 *
 * At the deadline its group gets TERM. When the leader has ended and nobody holds the
 * output any more, and at the latest after kill_after_ms, it gets KILL: the leader
 * may have obeyed and a grandchild not. What a command in time leaves running is not
 * touched: the site may want that.
 */
struct child_result child_wait(struct child *child, const struct child_limits *limits,
			       struct lines *lines);

#endif
