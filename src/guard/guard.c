/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/guard.h"

#include "bdrmon/clock.h"
#include "bdrmon/lookup.h"
#include "bdrmon/trace.h"
#include "descendants.h"
#include "order.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first moments belong to the command: so long a guard keeps still. */
#define WRITE_AFTER_MS 5

/* While it kills, a guard looks again for orphans at least so often. */
#define KILL_AGAIN_MS 10

enum phase { RUNS, ASKED_TO_END, KILLED, OVER };

struct guard {
	struct order order;
	int signals; /* readable when a child has ended */
	struct output output;
	enum phase phase;
	struct instant until; /* the end of the phase */
	struct instant write; /* when to write the trace; never: it is written */
	bool late, exited;
	pid_t other;           /* another one that lives; 0: none */
	struct fate self_made; /* how the command ended if it did so itself */
};

static bool set_up(struct guard *guard)
{
	sigset_t all, child;

	/* What bdrmon inherited and never closed is not for the command. */
#if __GLIBC_PREREQ(2, 34)
	closefrom(GUARD_TRACE + 1);
#endif
	fcntl(GUARD_SOCKET, F_SETFD, FD_CLOEXEC);
	fcntl(GUARD_TRACE, F_SETFD, FD_CLOEXEC);
	/* Who ends all processes of a service, as systemd does, must not end a guard
	 * before its command. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	guard->signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	return guard->signals >= 0 && prctl(PR_SET_NAME, "bdrmon-guard") == 0 &&
	       prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

/* Start the process that will be the command. */
static bool prepare(struct guard *guard)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	guard->output.fd = ends[0];
	int failure = order_prepare(&guard->order, ends[1]);
	close(ends[1]);
	return failure == 0;
}

/* Gives false if bdrmon must be told later. */
static bool report(const struct guard_report *report)
{
	return send(GUARD_SOCKET, report, sizeof *report, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ||
	       errno != EAGAIN;
}

static void write_start(struct guard *guard)
{
	const struct guard_job *job = &guard->order.job;
	int64_t rest_ms =
		ms_between(clock_now(), job->deadline) + job->kill_after_ms + GUARD_GIVE_UP_MS;
	struct trace trace = {
		.serial = job->serial,
		.attempt = job->attempt,
		.process = guard->order.process,
		.until_s = clock_wall_us() / 1000000 + rest_ms / 1000 + 1,
	};

	guard->write = NEVER;
	trace_write_start(GUARD_TRACE, &trace);
}

static void look_at_children(struct guard *guard)
{
	struct signalfd_siginfo drained;
	siginfo_t info = { 0 };

	while (read(guard->signals, &drained, sizeof drained) > 0)
		continue;
	guard->other = descendants_reap(guard->order.process);
	if (guard->exited ||
	    waitid(P_PID, (id_t)guard->order.process, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	    info.si_pid == 0)
		return;
	guard->exited = true;
	guard->self_made = (struct fate) { info.si_code == CLD_EXITED ? FATE_EXITED : FATE_SIGNALED,
					   info.si_status };
}

static void wait_for_something(struct guard *guard)
{
	struct pollfd fds[] = {
		{ .fd = guard->signals, .events = POLLIN },
		{ .fd = guard->output.fd, .events = POLLIN },
	};
	struct instant look =
		guard->phase == KILLED ? instant_add_ms(clock_now(), KILL_AGAIN_MS) : NEVER;
	struct instant until = instant_sooner(guard->until, instant_sooner(guard->write, look));
	struct timespec rest;

	int ready = ppoll(fds, ARRAY_LEN(fds), clock_rest(until, &rest), NULL);
	if (ready > 0 && fds[1].revents != 0)
		output_read(&guard->output);
	if (guard->phase == KILLED || (ready > 0 && fds[0].revents != 0))
		look_at_children(guard);
}

static void enter(struct guard *guard, enum phase phase, int signal, int64_t lasts_ms)
{
	descendants_signal(guard->order.process, signal);
	guard->phase = phase;
	guard->until = instant_add_ms(clock_now(), lasts_ms);
}

static void advance(struct guard *guard)
{
	bool passed = !instant_before(clock_now(), guard->until);
	bool all_gone = guard->exited && guard->other == 0;

	if (instant_is_set(guard->write) &&
	    (guard->exited || !instant_before(clock_now(), guard->write)))
		write_start(guard);
	switch (guard->phase) {
	case RUNS:
		if (guard->exited) {
			guard->phase = OVER;
		} else if (passed) {
			guard->late = true;
			enter(guard, ASKED_TO_END, SIGTERM, guard->order.job.kill_after_ms);
		}
		break;
	case ASKED_TO_END:
		if (all_gone || passed)
			enter(guard, all_gone ? OVER : KILLED, SIGKILL, GUARD_GIVE_UP_MS);
		break;
	case KILLED:
		if (all_gone || passed)
			guard->phase = OVER;
		else
			descendants_signal(guard->order.process, SIGKILL);
		break;
	case OVER:
		break;
	}
}

static struct fate fate_of(const struct guard *guard)
{
	if (!guard->late)
		return guard->self_made;
	if (!guard->exited)
		return (struct fate) { FATE_STUCK, guard->order.process };
	if (guard->other != 0)
		return (struct fate) { FATE_STUCK, guard->other };
	return (struct fate) { FATE_LATE, 0 };
}

/* See to it that bdrmon learns the end even if it is stopped just now, and read what
 * processes in the background write. This has no deadline: it ends with bdrmon or with
 * these processes. */
static void linger(struct guard *guard, const struct guard_report *ended)
{
	struct signalfd_siginfo drained;
	bool told = report(ended);

	guard->output.deaf = true;
	fsync(GUARD_TRACE);
	while (!told || guard->output.fd >= 0) {
		struct pollfd fds[] = {
			{ .fd = guard->signals, .events = POLLIN },
			{ .fd = guard->output.fd, .events = POLLIN },
			{ .fd = told ? -1 : GUARD_SOCKET, .events = POLLOUT },
		};
		if (poll(fds, ARRAY_LEN(fds), -1) <= 0)
			continue;
		if (fds[1].revents != 0)
			output_read(&guard->output);
		while (read(guard->signals, &drained, sizeof drained) > 0)
			continue;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		told = told || report(ended);
	}
}

static void see_through(struct guard *guard)
{
	guard->until = guard->order.job.deadline;
	guard->write = instant_add_ms(clock_now(), WRITE_AFTER_MS);
	guard->output.room = guard->order.job.output_max_bytes;
	while (guard->phase != OVER) {
		wait_for_something(guard);
		advance(guard);
	}
	output_read_rest(&guard->output);
	struct guard_report ended = {
		.kind = GUARD_ENDED,
		.process = guard->order.process,
		.fate = fate_of(guard),
		.dropped = guard->output.dropped,
	};
	if (guard->late && guard->output.fd >= 0) {
		close(guard->output.fd); /* nobody who lives has a right to it */
		guard->output.fd = -1;
	}
	trace_write_end(GUARD_TRACE, ended.fate);
	linger(guard, &ended);
}

int guard_main(void)
{
	struct guard *guard = calloc(1, sizeof *guard);

	if (guard == NULL || !set_up(guard) || !prepare(guard)) {
		free(guard);
		return EXIT_FAILURE;
	}
	struct guard_report ready = { .kind = GUARD_READY, .process = guard->order.process };
	report(&ready);
	if (order_wait(&guard->order)) {
		see_through(guard);
	} else if (guard->order.received) {
		struct guard_report ended = {
			.kind = GUARD_ENDED,
			.fate = { FATE_NOT_STARTED, guard->order.failure },
		};
		report(&ended);
	}
	free(guard);
	return EXIT_SUCCESS;
}
