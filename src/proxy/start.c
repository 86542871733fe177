/* SPDX-License-Identifier: PostgreSQL */
#include "start.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of the three channels, by the descriptor that the command has. */
struct ends {
	int ours[3], its[3];
};

#define MUST(call)                                                                                 \
	do {                                                                                       \
		int failure_ = call;                                                               \
		assert(failure_ == 0);                                                             \
	} while (0)

static void close_three(int fds[3])
{
	for (int i = 0; i < 3; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/* A copy of it beyond the three: so they are not in each other's way when the child copies
 * them down, even if we had no standard input. */
static int moved_up(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	return moved;
}

static bool open_ends(struct ends *ends)
{
	*ends = (struct ends) { { -1, -1, -1 }, { -1, -1, -1 } };
	for (int i = 0; i < 3; i++) {
		int both[2];
		int failed = i == STDIN_FILENO
				     ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both)
				     : pipe2(both, O_CLOEXEC);
		if (failed != 0)
			return false;
		ends->ours[i] = both[0];
		ends->its[i] = moved_up(both[1]);
		if (ends->its[i] < 0)
			return false;
		if (i != STDIN_FILENO)
			fcntl(both[0], F_SETFL, O_NONBLOCK);
	}
	return true;
}

/* Gives an errno, 0 for success. */
static int set_descriptors(posix_spawn_file_actions_t *actions, const struct ends *ends)
{
	int failure = 0;

	for (int i = 0; i < 3; i++)
		failure |= posix_spawn_file_actions_adddup2(actions, ends->its[i], i);
		/* What bdrmon inherited and never closed is not for the command. */
#if __GLIBC_PREREQ(2, 34)
	failure |= posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
#endif
	return failure;
}

/* The calls behind this fail for lack of memory only, and glibc's for nothing else. */
static void set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	/* A session of its own is a process group of its own; and ssh finds no terminal there
	 * on which to ask for a password. */
	MUST(posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
							  POSIX_SPAWN_SETSIGDEF));
	MUST(posix_spawnattr_setsigmask(attributes, &none));
	MUST(posix_spawnattr_setsigdefault(attributes, &all));
}

/* Gives an errno, 0 for success. */
static int spawn_shell(const char *command, const struct ends *ends, pid_t *process)
{
	char *arguments[] = { (char[]) { "sh" }, (char[]) { "-c" }, (char[]) { "--" },
			      (char *)(uintptr_t)command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;

	MUST(posix_spawnattr_init(&attributes));
	MUST(posix_spawn_file_actions_init(&actions));
	set_attributes(&attributes);
	int failure = set_descriptors(&actions, ends);
	if (failure == 0)
		failure =
			posix_spawn(process, "/bin/sh", &actions, &attributes, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return failure;
}

enum status start_command(const char *command, struct started *started, struct error *err)
{
	struct ends ends;
	pid_t process;

	int failure = open_ends(&ends) ? 0 : errno;
	if (failure == 0)
		failure = spawn_shell(command, &ends, &process);
	close_three(ends.its);
	if (failure != 0) {
		close_three(ends.ours);
		return error_set(err, ERR_SYSTEM, "could not start a command: %s",
				 strerror(failure));
	}
	*started = (struct started) {
		.process = process,
		.in = ends.ours[STDIN_FILENO],
		.out = ends.ours[STDOUT_FILENO],
		.complaints = ends.ours[STDERR_FILENO],
		.end = (int)syscall(SYS_pidfd_open, process, 0), /* closed on exec */
	};
	return OK;
}
