/* SPDX-License-Identifier: PostgreSQL */
/* ending.h - what the log says of a command that has ended. */
#ifndef BDRMON_ENDING_H
#define BDRMON_ENDING_H

#include "bdrmon/executor.h"
#include "bdrmon/fate.h"
#include "retry.h"

#include <sys/types.h>

struct ending {
	struct fate fate;
	pid_t process;
	int attempt;     /* from 1 on */
	int retries;     /* attempts after the first one, at most */
	int64_t took_ms; /* negative: it was the command of the bdrmon before this one */
	int64_t deadline_ms;
	enum sequel sequel;
};

/* "bdr_failover command for node 2" */
#define JOB_NAME_MAX 96
void ending_describe(const struct job *job, char name[JOB_NAME_MAX]);

void ending_log(const struct job *job, const struct ending *ending);

#endif
