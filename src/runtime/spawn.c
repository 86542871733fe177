/* SPDX-License-Identifier: PostgreSQL */
#include "spawn.h"

#include "bdrmon/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAIN_START_MS 1000

/* The shell must not wait for cat; and what it starts with & would have /dev/null as
 * its stdin, were it not for the detour over 3. */
#define DRAIN_SCRIPT "{ exec cat <&3 >/dev/null 2>&1 & } 3<&0"

#define MUST(call)                                                                                 \
	do {                                                                                       \
		int failure_ = call;                                                               \
		assert(failure_ == 0);                                                             \
	} while (0)

/* glibc has a wrapper since 2.36 only. */
static int open_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

enum status spawn_check(struct error *err)
{
	int pidfd = open_pidfd(getpid());
	if (pidfd < 0)
		return error_set(err, ERR_SYSTEM, "the kernel cannot watch a child: %s",
				 strerror(errno));
	close(pidfd);
	return OK;
}

/* The calls behind this fail for lack of memory only, and glibc's for nothing else. */
static void set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	MUST(posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
							  POSIX_SPAWN_SETSIGDEF));
	MUST(posix_spawnattr_setpgroup(attributes, 0));
	MUST(posix_spawnattr_setsigmask(attributes, &none));
	MUST(posix_spawnattr_setsigdefault(attributes, &all));
}

/* INPUT, OUTPUT: -1 is /dev/null. Gives an errno, 0 for success. */
static int set_descriptors(posix_spawn_file_actions_t *actions, int input, int output)
{
	/* The descriptors to copy come first: they may be 0, 1 or 2 themselves when
	 * bdrmon was started without these. */
	int failure = 0;
	if (output >= 0) {
		failure |= posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
		failure |= posix_spawn_file_actions_adddup2(actions, output, STDERR_FILENO);
	}
	if (input >= 0)
		failure |= posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO);
	else
		failure |= posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null",
							    O_RDONLY, 0);
	if (output < 0) {
		failure |= posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null",
							    O_WRONLY, 0);
		failure |= posix_spawn_file_actions_adddup2(actions, STDOUT_FILENO, STDERR_FILENO);
	}
#if __GLIBC_PREREQ(2, 34)
	/* All of ours are close-on-exec; those that we inherited need not be. */
	failure |= posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
#endif
	return failure;
}

/* Start the shell. Gives an errno, 0 for success. */
static int start_shell(const char *script, char *const environment[], int input, int output,
		       pid_t *pid)
{
	/* POSIX has these arguments without const, but nothing writes to them. */
	char *arguments[] = { (char[]) { "sh" }, (char[]) { "-c" }, (char[]) { "--" },
			      (char *)(uintptr_t)script, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;

	MUST(posix_spawnattr_init(&attributes));
	MUST(posix_spawn_file_actions_init(&actions));
	set_attributes(&attributes);
	int failure = set_descriptors(&actions, input, output);
	if (failure == 0)
		failure =
			posix_spawn(pid, "/bin/sh", &actions, &attributes, arguments, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return failure;
}

enum status spawn_script(const char *script, char *const environment[], struct child *child,
			 struct error *err)
{
	int ends[2] = { -1, -1 };
	enum status st = OK;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set(err, ERR_SYSTEM, "could not create a pipe: %s", strerror(errno));
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	int failure = start_shell(script, environment, -1, ends[1], &pid);
	if (failure != 0) {
		st = error_set(err, ERR_SYSTEM, "could not start /bin/sh: %s", strerror(failure));
		goto out;
	}
	int pidfd = open_pidfd(pid);
	if (pidfd < 0) {
		st = error_set(err, ERR_SYSTEM, "could not watch process %d: %s", (int)pid,
			       strerror(errno));
		kill(-pid, SIGKILL);
		waitpid(pid, NULL, 0);
		goto out;
	}
	*child = (struct child) { pid, pidfd, ends[0] };
	ends[0] = -1;
out:
	if (ends[0] >= 0)
		close(ends[0]);
	close(ends[1]);
	return st;
}

void spawn_drain(int output)
{
	pid_t pid;
	struct timespec rest;

	fcntl(output, F_SETFL, 0); /* cat takes "would block" for an error */
	if (start_shell(DRAIN_SCRIPT, environ, output, -1, &pid) != 0)
		return;
	struct pollfd shell = { .fd = open_pidfd(pid), .events = POLLIN };
	struct instant deadline = instant_add_ms(clock_now(), DRAIN_START_MS);
	while (ppoll(&shell, 1, clock_rest(deadline, &rest), NULL) < 0 && errno == EINTR)
		continue;
	waitpid(pid, NULL, WNOHANG);
	if (shell.fd >= 0)
		close(shell.fd);
}
