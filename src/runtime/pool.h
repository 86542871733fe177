/* SPDX-License-Identifier: PostgreSQL */
/* pool.h - the inside of the executor: executor.c is its life, work.c its threads,
 * adopt.c what it finds of the bdrmon before. */
#ifndef BDRMON_POOL_H
#define BDRMON_POOL_H

#include "bdrmon/executor.h"
#include "bdrmon/template.h"
#include "bdrmon/trace.h"
#include "jobs.h"
#include "ending.h"
#include "spawn.h"

#include <pthread.h>

/* More commands than one per lane cannot run at the same time. */
#define POOL_THREADS EVENT_LANES

/* Traces of commands that still run under a guard of a bdrmon before; normally one per
 * lane at most. */
#define ADOPTED_MAX 16

/* Traces of finished commands that executor_noted() will remove. Behind that they are
 * removed at once. */
#define FINISHED_MAX 16

/* One attempt of a job: what a thread needs for it, so that it need not hold the lock. */
struct attempt {
	const struct kept_job *kept; /* only who makes the attempt changes it; NULL: none */
	struct executor_config config;
	struct instant start;
	struct child child; /* socket -1: a guard has to be started */
	bool given;         /* it has the command */
};

struct adopted {
	enum event_lane lane;
	char path[PATH_TEXT_MAX];
};

struct executor {
	int program; /* the guard */
	char directory[PATH_TEXT_MAX];
	const struct doorbell *changed, *ran;
	struct doorbell abandon; /* rings when what still runs is to be left; never quiet */
	pthread_t threads[POOL_THREADS];
	unsigned threads_started;

	pthread_mutex_t lock;     /* of all below; never held over I/O */
	pthread_cond_t may_start; /* a job, a lane became free, or the end */
	pthread_cond_t finished;  /* a job did */
	struct executor_config config;
	bool idle; /* there is no command */
	char script[TEMPLATE_EXPANDED_MAX];
	bool stopping;  /* end when nothing waits */
	bool abandoned; /* start nothing more */
	int64_t last_serial;
	struct jobs jobs;
	struct executor_counters counters;
	struct child warm;    /* a guard that waits, so that a failover need not; socket -1: none */
	struct attempt ahead; /* made by executor_submit(), and still without a thread */
	struct failed_run {
		int failed_id;
		struct run_view view;
	} run[NODES]; /* the latest of each failed node */
	struct adopted adopted[ADOPTED_MAX];
	unsigned adopted_count;
	char finished_trace[FINISHED_MAX][PATH_TEXT_MAX];
	unsigned finished_count, finished_saved; /* of these, told by executor_save() */
};

/* A thread of the pool. */
void *pool_work(void *executor);

/* Give a job of LANE_FAILOVER that may run at once to the guard that waits, without a
 * thread in between. Does not block. The caller has the lock. */
void pool_give_ahead(struct executor *executor);

/* Start a guard ahead if there is none. */
void pool_warm_up(struct executor *executor);

/* The trace PATH has told all that it can. The caller has the lock. */
void pool_finish_trace(struct executor *executor, const char *path);

/* What has become of JOB's run, if it is one that stands in a record. The caller has the
 * lock. */
void pool_note_run(struct executor *executor, const struct job *job, enum run_state state,
		   bool success);

/* The same of one that has ended so. */
void pool_end_run(struct executor *executor, const struct job *job, struct fate fate);

/* How often JOB is attempted after the first time, at most. The caller has the lock, or its
 * own copy of CONFIG. */
int pool_retries(const struct executor_config *config, const struct job *job);

/* Count how an attempt of JOB ended. The caller has the lock. */
void pool_count(struct executor *executor, const struct job *job, enum sequel sequel,
		struct fate fate);

/* Look what commands of the bdrmon before left: settle the jobs of those that have ended,
 * and hold the lanes of those that run. Before the threads start. */
void adopt_traces(struct executor *executor);

/* Wait for one of those that run, and settle its job. */
void adopt_wait(struct executor *executor, const struct adopted *adopted);

#endif
