/* SPDX-License-Identifier: PostgreSQL */
#include "errand.h"

#include "bdrmon/clock.h"
#include "bdrmon/lookup.h"
#include "bdrmon/secret.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/thread.h"
#include "start.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* So long has a command to end by itself when it has said all, or to be dead when it was
 * killed. */
#define END_MS 100

/* Of what it writes to stderr, so much is kept. */
#define COMPLAINT_MAX 1024

struct run {
	struct errand *errand;
	struct started child; /* descriptors that are closed are -1 */
	size_t sent;
	char complaint[COMPLAINT_MAX];
	size_t complaint_length;
	bool ended; /* the command has; its processes in the background need not have */
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void send_input(struct run *run)
{
	struct errand *errand = run->errand;
	/* It is a socket because of this flag: no signal when nobody reads. */
	ssize_t sent = send(run->child.in, errand->input + run->sent,
			    errand->input_length - run->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent > 0)
		run->sent += (size_t)sent;
	/* Who does not want to read it will say why. */
	bool broken = sent < 0 && errno != EAGAIN && errno != EINTR;
	if (broken || run->sent == errand->input_length)
		close_fd(&run->child.in);
}

/* Read once into memory that has room. Gives false if there was nothing (more). */
static bool read_some(int *fd, char *memory, size_t room, size_t *length)
{
	ssize_t got = read(*fd, memory, room);

	if (got > 0) {
		*length += (size_t)got;
		return true;
	}
	if (got == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(fd);
	return false;
}

static enum status read_output(struct run *run, struct error *err)
{
	struct errand *errand = run->errand;

	while (run->child.out >= 0) {
		if (errand->length == errand->size)
			return error_set(err, ERR_FULL, "the command writes too much");
		size_t seen = errand->length, tail = strlen(errand->last);
		if (!read_some(&run->child.out, errand->output + seen, errand->size - seen,
			       &errand->length))
			break;
		seen = seen > tail ? seen - tail : 0;
		errand->complete = memmem(errand->output + seen, errand->length - seen,
					  errand->last, tail) != NULL;
		if (errand->complete)
			break;
	}
	return OK;
}

/* The latest of it is kept. Not more at a time than a pipe holds: it may never end. */
static void read_complaint(struct run *run)
{
	for (unsigned times = 0; times < 128 && run->child.complaints >= 0; times++) {
		if (run->complaint_length == sizeof run->complaint) {
			run->complaint_length /= 2;
			memmove(run->complaint, run->complaint + run->complaint_length,
				sizeof run->complaint - run->complaint_length);
		}
		if (!read_some(&run->child.complaints, run->complaint + run->complaint_length,
			       sizeof run->complaint - run->complaint_length,
			       &run->complaint_length))
			break;
	}
}

static bool has_ended(const struct run *run)
{
	siginfo_t info = { 0 };
	return waitid(P_PID, (id_t)run->child.process, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	       info.si_pid != 0;
}

/* Look whether something was said. The end is looked at first, so that nothing of what was said
 * before it is missed. Nobody waits for the end of the output once the command has ended: ssh may
 * leave a connection in the background that holds it. */
static enum status look(struct run *run, struct error *err)
{
	run->ended = has_ended(run);
	if (run->child.in >= 0)
		send_input(run);
	read_complaint(run);
	return read_output(run, err);
}

/* Errors: ERR_TIMEOUT, ERR_STOPPED */
static enum status sleep_until_news(const struct run *run, const struct pg_wait *wait)
{
	struct pollfd fds[] = {
		{ .fd = wait->stop_fd, .events = POLLIN },
		{ .fd = run->child.in, .events = POLLOUT },
		{ .fd = run->child.out, .events = POLLIN },
		{ .fd = run->child.complaints, .events = POLLIN },
		{ .fd = run->child.end, .events = POLLIN },
	};
	struct timespec rest;
	bool late = !instant_before(clock_now(), wait->deadline);
	int ready = ppoll(fds, ARRAY_LEN(fds), clock_rest(wait->deadline, &rest), NULL);

	if (ready > 0 && fds[0].revents != 0)
		return ERR_STOPPED;
	return ready == 0 || late ? ERR_TIMEOUT : OK;
}

static enum status converse(struct run *run, const struct pg_wait *wait, struct error *err)
{
	for (;;) {
		enum status st = look(run, err);
		if (st != OK || run->errand->complete || run->ended)
			return st;
		/* Without pidfd_open() (Linux 5.3) the end of its output has to do. */
		if (run->child.out < 0 && run->child.complaints < 0 && run->child.end < 0)
			return OK;
		st = sleep_until_news(run, wait);
		if (st == ERR_STOPPED)
			return error_set(err, st, "stopped while the command was running");
		if (st == ERR_TIMEOUT)
			return error_set(err, st, "the command had not ended at its deadline");
	}
}

/* The last line of what it complained of, at most to a NUL; else how it ended. */
static void make_reason(struct run *run, int ending)
{
	struct errand *errand = run->errand;
	char line[COMPLAINT_MAX + 1], masked[REASON_MAX];
	struct strbuf text = STRBUF(line), shown = STRBUF(masked);

	strbuf_add_bytes(&text, run->complaint, run->complaint_length);
	while (text.length > 0 && strchr("\r\n ", line[text.length - 1]) != NULL)
		line[--text.length] = '\0';
	const char *start = strrchr(line, '\n');
	secret_mask(&shown, start == NULL ? line : start + 1);
	if (masked[0] != '\0')
		COPY_LINE(errand->reason, masked);
	else if (WIFSIGNALED(ending))
		snprintf(errand->reason, sizeof errand->reason,
			 "the command was ended by signal %d", WTERMSIG(ending));
	else
		snprintf(errand->reason, sizeof errand->reason,
			 "the command ended with exit code %d and without an answer",
			 WEXITSTATUS(ending));
}

static void *wait_for_end(void *process)
{
	waitpid((pid_t)(intptr_t)process, NULL, 0);
	return NULL;
}

/* Wait some time for its end. */
static bool reap(const struct run *run, int *ending)
{
	struct pollfd end = { .fd = run->child.end, .events = POLLIN };
	const struct timespec moment = clock_timespec(1000);

	for (int left = END_MS; left > 0; left--) {
		if (waitpid(run->child.process, ending, WNOHANG) != 0)
			return true;
		ppoll(&end, 1, &moment, NULL);
	}
	return false;
}

/* See to it that the command is gone, by force unless it was GOOD. */
static int finish(struct run *run, bool good)
{
	pthread_t waiter;
	struct error err;
	int ending = 0;

	if (!good || !reap(run, &ending)) {
		kill(-run->child.process, SIGKILL);
		/* What cannot be killed reads the end of its input; if not even that helps, it
		 * must hold nobody here, and be no zombie for ever. */
		close_fd(&run->child.in);
		if (!reap(run, &ending) &&
		    thread_start(&waiter, "reaper", wait_for_end,
				 (void *)(intptr_t)run->child.process, &err) == OK)
			pthread_detach(waiter);
	}
	close_fd(&run->child.in);
	close_fd(&run->child.out);
	close_fd(&run->child.complaints);
	close_fd(&run->child.end);
	return ending;
}

enum status errand_run(struct errand *errand, const struct pg_wait *wait, struct error *err)
{
	struct run run = { .errand = errand };
	enum status st = start_command(errand->command, &run.child, err);

	if (st != OK)
		return st;
	errand->length = 0;
	errand->complete = false;
	st = converse(&run, wait, err);
	int ending = finish(&run, st == OK);
	if (st == OK && !errand->complete)
		make_reason(&run, ending);
	return st;
}
