/* SPDX-License-Identifier: PostgreSQL */
#include "descendants.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

/* The kernel may leave some out while others end; it tells of these by SIGCHLD, and
 * then this is asked again. Where there is no such file, orphans are not found. */
#define CHILDREN "/proc/thread-self/children"

pid_t descendants_reap(pid_t leader)
{
	FILE *children = fopen(CHILDREN, "re");
	pid_t pid, alive = 0;

	while (children != NULL && fscanf(children, "%d", &pid) == 1) {
		if (pid != leader && waitpid(pid, NULL, WNOHANG) == 0)
			alive = pid;
	}
	if (children != NULL)
		fclose(children);
	return alive;
}

void descendants_signal(pid_t leader, int signal)
{
	FILE *children = fopen(CHILDREN, "re");
	pid_t pid;

	kill(-leader, signal);
	while (children != NULL && fscanf(children, "%d", &pid) == 1) {
		if (pid != leader)
			kill(pid, signal);
	}
	if (children != NULL)
		fclose(children);
}
