/* SPDX-License-Identifier: PostgreSQL */
#include "child.h"

#include "bdrmon/clock.h"
#include "bdrmon/lookup.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_SIZE 4096

/* What a pipe holds: more cannot be from before the leader's end, and a grandchild
 * might write for ever. */
#define DRAIN_MAX 65536

/* From KILL to giving up. Only a process that hangs in the kernel takes so long. */
#define GIVE_UP_MS 1000

enum phase { RUNS, ASKED_TO_END, KILLED, OVER };

struct watch {
	const struct child *child;
	const struct child_limits *limits;
	struct lines *lines;
	enum phase phase;
	struct instant until; /* the end of the phase */
	bool late, exited, output_ended, stopping;
};

/* Read once; the number of bytes, 0 if there are none now. */
static size_t read_output(struct watch *watch)
{
	char bytes[READ_SIZE];
	ssize_t got = read(watch->child->output, bytes, sizeof bytes);

	if (got > 0) {
		lines_add(watch->lines, bytes, (size_t)got);
		return (size_t)got;
	}
	if (got == 0 || (errno != EAGAIN && errno != EINTR))
		watch->output_ended = true;
	return 0;
}

static void wait_for_something(struct watch *watch)
{
	struct pollfd fds[] = {
		{ .fd = watch->exited ? -1 : watch->child->pidfd, .events = POLLIN },
		{ .fd = watch->output_ended ? -1 : watch->child->output, .events = POLLIN },
		{ .fd = watch->stopping ? -1 : watch->limits->stop_fd, .events = POLLIN },
	};
	struct timespec rest;

	if (ppoll(fds, ARRAY_LEN(fds), clock_rest(watch->until, &rest), NULL) <= 0)
		return;
	if (fds[1].revents != 0)
		read_output(watch);
	watch->exited |= fds[0].revents != 0;
	watch->stopping |= fds[2].revents != 0;
}

/* The leader has not been reaped yet, so that the number of its group cannot belong
 * to anybody else. */
static void signal_group(struct watch *watch, int sig, enum phase next, int64_t lasts_ms)
{
	kill(-watch->child->pid, sig);
	watch->phase = next;
	watch->until = instant_add_ms(clock_now(), lasts_ms);
}

static void advance(struct watch *watch)
{
	bool passed = !instant_before(clock_now(), watch->until);
	bool group_seems_gone = watch->exited && watch->output_ended;

	switch (watch->phase) {
	case RUNS:
		if (watch->exited || watch->stopping) {
			watch->phase = OVER;
		} else if (passed) {
			watch->late = true;
			signal_group(watch, SIGTERM, ASKED_TO_END, watch->limits->kill_after_ms);
		}
		break;
	case ASKED_TO_END:
		if (group_seems_gone || passed || watch->stopping)
			signal_group(watch, SIGKILL, watch->exited ? OVER : KILLED, GIVE_UP_MS);
		break;
	case KILLED:
		if (watch->exited || passed)
			watch->phase = OVER;
		break;
	case OVER:
		break;
	}
}

/* The pipe is not read to its end: a grandchild in the background may keep it open. */
static void read_rest(struct watch *watch)
{
	size_t total = 0, got = 1;
	while (got > 0 && total < DRAIN_MAX && !watch->output_ended) {
		got = read_output(watch);
		total += got;
	}
}

static struct child_result reap(const struct watch *watch)
{
	int status = 0;

	if (!watch->exited)
		return (struct child_result) { watch->late ? CHILD_STUCK : CHILD_LEFT, 0 };
	pid_t reaped = waitpid(watch->child->pid, &status, WNOHANG);
	if (watch->late)
		return (struct child_result) { CHILD_LATE, 0 };
	if (reaped != watch->child->pid)
		return (struct child_result) { CHILD_LOST, 0 };
	if (WIFSIGNALED(status))
		return (struct child_result) { CHILD_SIGNALED, WTERMSIG(status) };
	return (struct child_result) { CHILD_EXITED, WEXITSTATUS(status) };
}

struct child_result child_wait(struct child *child, const struct child_limits *limits,
			       struct lines *lines)
{
	struct watch watch = {
		.child = child, .limits = limits, .lines = lines, .until = limits->deadline
	};

	while (watch.phase != OVER) {
		wait_for_something(&watch);
		advance(&watch);
	}
	read_rest(&watch);
	struct child_result result = reap(&watch);
	if (!watch.late && !watch.output_ended)
		spawn_drain(child->output);
	close(child->output);
	close(child->pidfd);
	return result;
}
