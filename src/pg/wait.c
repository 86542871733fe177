/* SPDX-License-Identifier: PostgreSQL */
#include "wait.h"

#include "bdrmon/clock.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

enum status wait_for(int fd, short events, const struct pg_wait *wait)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = events },
		{ .fd = wait->stop_fd, .events = POLLIN }, /* -1 is passed over */
	};
	for (;;) {
		struct timespec rest;
		bool late = !instant_before(clock_now(), wait->deadline);
		int ready = ppoll(fds, ARRAY_LEN(fds), clock_rest(wait->deadline, &rest), NULL);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return ERR_SYSTEM;
		if (fds[1].revents != 0)
			return ERR_STOPPED;
		return ready == 0 || late ? ERR_TIMEOUT : OK;
	}
}

enum status wait_failed(enum status st, enum step step, struct pg_failure *failure)
{
	failure->step = step;
	if (st == ERR_TIMEOUT) {
		failure->outcome = OUTCOME_TIMEOUT;
		COPY_TEXT(failure->reason, "no answer before the deadline");
	} else if (st == ERR_SYSTEM) {
		failure->outcome = OUTCOME_BROKEN;
		COPY_TEXT(failure->reason, strerror(errno));
		st = ERR_SERVER;
	}
	return st;
}
