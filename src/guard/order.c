/* SPDX-License-Identifier: PostgreSQL */
#include "order.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ours without the BDRMON_ variables, then the texts from FIRST on. */
static char **make_environment(char *first, const char *end)
{
	size_t count = 1;
	for (char **ours = environ; *ours != NULL; ours++)
		count++;
	for (const char *c = first; c < end; c++)
		count += *c == '\0';
	char **list = malloc(count * sizeof *list), **next = list;
	if (list == NULL)
		return NULL;
	for (char **ours = environ; *ours != NULL; ours++) {
		if (strncmp(*ours, GUARD_VARIABLE_PREFIX, strlen(GUARD_VARIABLE_PREFIX)) != 0)
			*next++ = *ours;
	}
	for (char *text = first; text < end; text += strlen(text) + 1)
		*next++ = text;
	*next = NULL;
	return list;
}

bool order_receive(struct order *order)
{
	char *message = order->message;
	ssize_t got;

	do
		got = recv(GUARD_SOCKET, message, GUARD_MESSAGE_MAX, 0);
	while (got < 0 && errno == EINTR);
	if (got <= (ssize_t)sizeof order->job)
		return false;
	message[got] = '\0'; /* whatever came, the texts end */
	memcpy(&order->job, message, sizeof order->job);
	order->script = message + sizeof order->job;
	order->environment = make_environment(
		message + sizeof order->job + strlen(order->script) + 1, message + got);
	return order->environment != NULL;
}

struct launch {
	const struct order *order;
	int output;
	pid_t guard;
	volatile int failure; /* of the child, which writes it into the guard's memory */
};

/* In the child. It borrows the guard's memory until it runs the shell: so it only
 * makes system calls. */
static void become_shell(struct launch *launch)
{
	/* POSIX has these arguments without const, but nothing writes to them. */
	char *const arguments[] = { (char[]) { "sh" }, (char[]) { "-c" }, (char[]) { "--" },
				    (char *)(uintptr_t)launch->order->script, NULL };
	sigset_t none;

	sigemptyset(&none);
	if (setpgid(0, 0) == 0 && dup2(launch->output, STDOUT_FILENO) >= 0 &&
	    dup2(launch->output, STDERR_FILENO) >= 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
	    getppid() == launch->guard && sigprocmask(SIG_SETMASK, &none, NULL) == 0)
		execve("/bin/sh", arguments, launch->order->environment);
	launch->failure = errno;
	_exit(EXIT_FAILURE);
}

int order_start(const struct order *order, int output, pid_t *pid)
{
	struct launch launch = { order, output, getpid(), 0 };

	/* Not posix_spawn: only the child itself can ask to die with its guard. */
	pid_t child = vfork();
	if (child == 0)
		become_shell(&launch);
	if (child < 0)
		return errno;
	/* Where vfork is a mere fork, as under a sanitizer, the child may not be so far. */
	setpgid(child, child);
	if (launch.failure != 0)
		waitpid(child, NULL, 0);
	*pid = child;
	return launch.failure;
}
