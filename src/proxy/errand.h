/* SPDX-License-Identifier: PostgreSQL */
/* errand.h - run a command that gets an input and gives an output, both bounded, within a
 * deadline. What it starts belongs to its process group and ends with it, if not in time. */
#ifndef BDRMON_PROXY_ERRAND_H
#define BDRMON_PROXY_ERRAND_H

#include "bdrmon/limits.h"
#include "bdrmon/session.h"

#include <stddef.h>

struct errand {
	const char *command; /* for /bin/sh -c */
	const char *input;
	size_t input_length;
	const char *last; /* an output with this in it is complete */
	char *output;     /* memory for size bytes */
	size_t size;

	/* What became of it, when errand_run() gave OK. */
	size_t length; /* of the output */
	bool complete;
	char reason[REASON_MAX]; /* the last line that it wrote to stderr, without secrets; without
				  * one, how it ended. Only if it is not complete */
};

/* Run it, until its output is complete or it has ended: at most 0.2 s longer than its deadline, if
 * it must be killed.
 *
 * Errors: ERR_TIMEOUT, ERR_STOPPED
 *         ERR_SYSTEM  it cannot be started
 *         ERR_FULL    its output has no room
 *         The group was killed then. A process that cannot be, because it is another user's (as of
 *         sudo) or hangs in the kernel, is left to a thread that waits for its end. */
enum status errand_run(struct errand *errand, const struct pg_wait *wait, struct error *err);

#endif
