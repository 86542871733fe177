/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/crash_point.h"

#ifdef BDRMON_CRASH_POINTS

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fall(const char *variable, const char *name, int signal)
{
	const char *wanted = getenv(variable);

	const char *token = getenv("BDRMON_CRASH_TOKEN");

	if (wanted == NULL || strcmp(wanted, name) != 0 || (token != NULL && unlink(token) != 0))
		return;
	unsetenv(variable);
	raise(signal);
}

void crash_point(const char *name)
{
	fall("BDRMON_CRASH_AT", name, SIGKILL);
	fall("BDRMON_STOP_AT", name, SIGSTOP);
}

#endif
