/* SPDX-License-Identifier: PostgreSQL */
#include "spawn.h"

#include "bdrmon/beside.h"
#include "bdrmon/trace.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROGRAM "bdrmon-guard"

/* The descriptors for the guard are copied down to their numbers; from here on they
 * are not in each other's way. */
#define FIRST_FREE (GUARD_TRACE + 1)

#define MUST(call)                                                                                 \
	do {                                                                                       \
		int failure_ = call;                                                               \
		assert(failure_ == 0);                                                             \
	} while (0)

enum status spawn_open(const char *path, int *program, struct error *err)
{
	char found[PATH_TEXT_MAX];
	enum status st = path != NULL ? OK : beside_find(PROGRAM, found, err);

	if (st != OK)
		return st;
	if (path == NULL)
		path = found;
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, ERR_SYSTEM, "could not open the program \"%s\": %s", path,
				 strerror(errno));
	*program = fd;
	return OK;
}

/* The calls behind this fail for lack of memory only, and glibc's for nothing else. */
static void set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t all;

	sigfillset(&all);
	/* A session of its own: no signal from a terminal reaches a command, and none can
	 * ask there for a password. */
	MUST(posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
							  POSIX_SPAWN_SETSIGDEF));
	MUST(posix_spawnattr_setsigmask(attributes, &all));
	MUST(posix_spawnattr_setsigdefault(attributes, &all));
}

/* TRACE is -1 if there is none. Gives an errno, 0 for success. */
static int set_descriptors(posix_spawn_file_actions_t *actions, int socket, int trace)
{
	int failure =
		posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
	failure |= posix_spawn_file_actions_adddup2(actions, STDIN_FILENO, STDOUT_FILENO);
	failure |= posix_spawn_file_actions_adddup2(actions, STDIN_FILENO, STDERR_FILENO);
	failure |= posix_spawn_file_actions_adddup2(actions, socket, GUARD_SOCKET);
	if (trace >= 0)
		failure |= posix_spawn_file_actions_adddup2(actions, trace, GUARD_TRACE);
	else
		failure |= posix_spawn_file_actions_addclose(actions, GUARD_TRACE);
	return failure;
}

/* Gives an errno, 0 for success. */
static int start(int program, int socket, int trace, pid_t *pid)
{
	char path[64], *arguments[] = { (char[]) { PROGRAM }, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;

	snprintf(path, sizeof path, "/proc/self/fd/%d", program);
	MUST(posix_spawnattr_init(&attributes));
	MUST(posix_spawn_file_actions_init(&actions));
	set_attributes(&attributes);
	int failure = set_descriptors(&actions, socket, trace);
	if (failure == 0)
		failure = posix_spawn(pid, path, &actions, &attributes, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return failure;
}

/* A copy of *fd that is out of the way; the old one is closed. */
static void move_up(int *fd)
{
	int moved = fcntl(*fd, F_DUPFD_CLOEXEC, FIRST_FREE);
	close(*fd);
	*fd = moved;
}

enum status spawn_guard(int program, const char *directory, const char *label, struct child *child,
			struct error *err)
{
	struct child made = { 0 };
	int ends[2], trace = -1;

	if (trace_create(directory, label, made.trace, &trace, &made.trace_missing) == OK)
		move_up(&trace);
	else
		made.trace[0] = '\0';
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		error_set(err, ERR_SYSTEM, "could not create a socket: %s", strerror(errno));
		goto no_socket;
	}
	move_up(&ends[1]);
	int failure = start(program, ends[1], trace, &made.guard);
	close(ends[1]);
	if (failure != 0) {
		error_set(err, ERR_SYSTEM, "could not start " PROGRAM ": %s", strerror(failure));
		close(ends[0]);
		goto no_socket;
	}
	if (trace >= 0)
		close(trace);
	made.socket = ends[0];
	*child = made;
	return OK;
no_socket:
	if (trace >= 0) {
		close(trace);
		unlink(made.trace);
	}
	return ERR_SYSTEM;
}

static struct iovec piece(const void *bytes, size_t length)
{
	return (struct iovec) { (void *)(uintptr_t)bytes, length };
}

enum status spawn_give(const struct child *child, const struct guard_job *job, const char *script,
		       const struct strbuf *variables, struct error *err)
{
	struct iovec pieces[] = {
		piece(job, sizeof *job),
		piece(script, strlen(script) + 1),
		piece(variables->text, variables->length),
	};
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 3 };

	if (sendmsg(child->socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return OK;
	return error_set(err, ERR_SYSTEM, "could not give the command to " PROGRAM ": %s",
			 strerror(errno));
}

void spawn_discard(struct child *child)
{
	close(child->socket);
	child->socket = -1;
	if (child->trace[0] != '\0')
		unlink(child->trace);
	child->trace[0] = '\0';
}
