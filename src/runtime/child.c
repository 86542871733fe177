/* SPDX-License-Identifier: PostgreSQL */
#include "child.h"

#include "bdrmon/clock.h"
#include "bdrmon/lookup.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct watch {
	int socket;
	struct lines *lines;
	struct child_result result;
	bool over;
};

static void take_report(struct watch *watch)
{
	char bytes[sizeof(struct guard_report) + GUARD_OUTPUT_MAX];
	struct guard_report report;
	ssize_t got = recv(watch->socket, bytes, sizeof bytes, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got < (ssize_t)sizeof report) {
		watch->over = true;
		return;
	}
	memcpy(&report, bytes, sizeof report);
	switch (report.kind) {
	case GUARD_READY:
		watch->result.process = report.process;
		break;
	case GUARD_OUTPUT:
		lines_add(watch->lines, bytes + sizeof report, (size_t)got - sizeof report);
		break;
	case GUARD_ENDED:
		watch->result.fate = report.fate;
		watch->lines->dropped += report.dropped;
		watch->over = true;
		break;
	}
}

/* The guard hangs, unless it is gone already. With it the kernel kills the command
 * itself, but not what that has started. */
static void end_group(const struct watch *watch, pid_t guard)
{
	if (!watch->over)
		kill(guard, SIGKILL);
	if (watch->result.process > 0)
		kill(-watch->result.process, SIGKILL);
}

struct child_result child_wait(struct child *child, const struct child_limits *limits,
			       struct lines *lines)
{
	struct watch watch = { .socket = child->socket,
			       .lines = lines,
			       .result.fate.kind = FATE_LOST };
	struct pollfd fds[] = {
		{ .fd = child->socket, .events = POLLIN },
		{ .fd = limits->stop_fd, .events = POLLIN },
	};
	struct timespec rest;

	while (!watch.over) {
		int ready = ppoll(fds, ARRAY_LEN(fds), clock_rest(limits->over, &rest), NULL);
		if (ready > 0 && fds[0].revents != 0) {
			take_report(&watch);
		} else if (ready > 0) {
			watch.result.fate.kind = FATE_LEFT;
			break;
		} else if (ready == 0) {
			break;
		}
	}
	if (watch.result.fate.kind == FATE_LOST)
		end_group(&watch, child->guard);
	close(child->socket);
	child->socket = -1;
	return watch.result;
}
