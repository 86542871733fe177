/* SPDX-License-Identifier: PostgreSQL */
#include "order.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
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

/* False: bdrmon has ended, or sent what is none. */
static bool receive(struct order *order)
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
	char *script = message + sizeof order->job;
	order->environment = make_environment(script + strlen(script) + 1, message + got);
	return order->environment != NULL;
}

/* The process until it is the shell. It works in the guard's own memory: so the guard
 * knows the job, and nothing has to be copied. The guard sleeps in order_wait()
 * meanwhile, so that they are not in each other's way. */
static int become_shell(void *argument)
{
	struct order *order = argument;
	char *arguments[] = { (char[]) { "sh" }, (char[]) { "-c" }, (char[]) { "--" },
			      order->message + sizeof order->job, NULL };
	sigset_t none;

	/* That it dies with its guard only the process itself can ask for. */
	if (setpgid(0, 0) != 0 || dup2(order->output, STDOUT_FILENO) < 0 ||
	    dup2(order->output, STDERR_FILENO) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
	    getppid() != order->guard || !receive(order))
		_exit(EXIT_FAILURE);
	order->received = true;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve("/bin/sh", arguments, order->environment);
	order->failure = errno;
	_exit(EXIT_FAILURE);
}

int order_prepare(struct order *order, int output)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return errno;
	order->guard = getpid();
	order->output = output;
	order->running = ends[0];
	order->process =
		clone(become_shell, order->stack + sizeof order->stack, CLONE_VM | SIGCHLD, order);
	int failure = order->process < 0 ? errno : 0;
	close(ends[1]);
	return failure;
}

bool order_wait(struct order *order)
{
	char nothing;

	/* Its end is closed by exec, or with the process. */
	while (read(order->running, &nothing, 1) < 0 && errno == EINTR)
		continue;
	close(order->running);
	return order->received && order->failure == 0;
}
