/* SPDX-License-Identifier: PostgreSQL */
/* jobs.h - the executor's queue: which job comes next, and which one goes when
 * there is no room. A value without lock, clock or log; the executor guards it.
 */
#ifndef BDRMON_JOBS_H
#define BDRMON_JOBS_H

#include "bdrmon/executor.h"

#include <stdbool.h>

struct job_entry {
	struct job job;
	struct job_entry *next;
};

struct jobs {
	unsigned bound;   /* how many may wait */
	unsigned waiting; /* more than the bound only by jobs of LANE_FAILOVER */
	bool runs[EVENT_LANES];
	struct job_entry *first, *free;
	/* Those that wait and one per lane that runs. */
	struct job_entry entries[EXECUTOR_QUEUE_MAX + EVENT_LANES];
};

void jobs_init(struct jobs *jobs, unsigned bound);

/* Put a copy of JOB at the end. Gives true if a job had to go for it, in *dropped:
 * the oldest waiting one of LANE_NOTICE; JOB itself, if it is of that lane and only
 * jobs of LANE_FAILOVER wait. If only these wait and JOB is one, the bound is
 * exceeded, up to EXECUTOR_QUEUE_MAX; behind that the oldest one goes, since
 * the last one says where the applications belong. */
bool jobs_put(struct jobs *jobs, const struct job *job, struct job *dropped);

/* The next job whose lane does not run, LANE_FAILOVER first; NULL if there is none.
 * Its lane runs until jobs_done(). */
struct job_entry *jobs_take(struct jobs *jobs);
void jobs_done(struct jobs *jobs, struct job_entry *entry);

/* How many run. */
unsigned jobs_running(const struct jobs *jobs);

#endif
