/* SPDX-License-Identifier: PostgreSQL */
/* jobs.h - the executor's queue: which job comes next, and which one goes when
 * there is no room. A value without lock, clock or log; the executor guards it.
 */
#ifndef BDRMON_JOBS_H
#define BDRMON_JOBS_H

#include "bdrmon/executor.h"
#include "bdrmon/instant.h"

#include <stdbool.h>

struct job_entry {
	struct kept_job kept;
	struct instant not_before; /* it waits for its next attempt; never: it does not */
	struct job_entry *next;
};

struct jobs {
	unsigned bound;                      /* how many may wait */
	unsigned waiting;                    /* more than the bound only by jobs of LANE_FAILOVER */
	struct job_entry *runs[EVENT_LANES]; /* NULL: none */
	unsigned held[EVENT_LANES];          /* nothing of the lane may start while this is not 0 */
	struct job_entry *first, *free;
	/* Those that wait and one per lane that runs. */
	struct job_entry entries[EXECUTOR_QUEUE_MAX + EVENT_LANES];
};

enum put_result {
	PUT_FITTED,
	PUT_REPLACED, /* an older one that it makes superfluous is gone for it */
	PUT_DROPPED   /* one had to go for it, or it had to go itself */
};

const char *lane_name(enum event_lane lane); /* "failover" */

void jobs_init(struct jobs *jobs, unsigned bound);

/* Put a copy of JOB at the end; SERIAL is its number.
 *
 * lost  what is gone, unless it fitted. A job of LANE_NOTICE replaces a waiting one of
 *       the same event and node. If there is no room the oldest waiting one of that lane
 *       is dropped; JOB itself, if it is of that lane and only jobs of LANE_FAILOVER
 *       wait. If only these wait and JOB is one, the bound is exceeded, up to
 *       EXECUTOR_QUEUE_MAX; behind that the oldest one is dropped, since the last one
 *       says where the applications belong.
 */
enum put_result jobs_put(struct jobs *jobs, const struct job *job, int64_t serial,
			 struct job *lost);

/* Put back a job that was kept over a restart; they come in their order, before all
 * others. False: there is no room. */
bool jobs_restore(struct jobs *jobs, const struct kept_job *kept);

/* The next job that is due and whose lane neither runs nor is held, LANE_FAILOVER first;
 * NULL if there is none. Its lane runs until jobs_done() or jobs_retry(). *again is
 * when to ask again; never: when something has changed. */
struct job_entry *jobs_take(struct jobs *jobs, struct instant now, struct instant *again);

/* The same for one lane. */
struct job_entry *jobs_take_from(struct jobs *jobs, enum event_lane lane, struct instant now,
				 struct instant *again);
void jobs_done(struct jobs *jobs, struct job_entry *entry);

/* ENTRY ran and must run again, not before NOT_BEFORE. It keeps its place: those behind it
 * in its lane wait for it. */
void jobs_retry(struct jobs *jobs, struct job_entry *entry, struct instant not_before);

/* The waiting job with this number, or NULL; and take one that waits away. */
struct job_entry *jobs_find(const struct jobs *jobs, int64_t serial);
void jobs_remove(struct jobs *jobs, struct job_entry *entry);

/* How many of LANE wait or run. */
unsigned jobs_pending(const struct jobs *jobs, enum event_lane lane);

/* How many run. */
unsigned jobs_running(const struct jobs *jobs);

#endif
