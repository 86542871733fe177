/* SPDX-License-Identifier: PostgreSQL */
/* executor.h - the bounded pool that runs the notification command.
 *
 * A job runs as /bin/sh -c in a process group of its own, under a guard (guard.h) that
 * keeps its deadline and ends it with all it has started, even if bdrmon is gone. Its
 * output goes to the log line by line, up to a bound.
 *
 * Jobs of one lane (event.h) run one after the other in the order of their submission. A
 * job that has to be repeated keeps its place: what came later in its lane waits for it,
 * so that the last command that runs belongs to the last event. That wait is bounded:
 * `retries` pauses (retry.h) and deadlines.
 *
 * A full queue drops the oldest waiting job of LANE_NOTICE, or the new one if it is of
 * that lane and no other waits, and says so. A job of LANE_FAILOVER goes over the queue's
 * bound instead, up to EXECUTOR_QUEUE_MAX of them; only then the oldest one is
 * dropped, with an error, since the last one says where the applications belong. Of
 * jobs of LANE_NOTICE for the same event and node that wait, the latest one runs.
 *
 * Over a restart: who runs the executor keeps executor_save()'s text and gives the jobs
 * back at the next start. A command of the bdrmon before that still runs is waited for;
 * one that has ended counts as if it had ended here (trace.h); one whose end nobody
 * knows runs again. So a job runs at least once, and never twice at the same time. (A run
 * that stands in a failure's record is the matter of whoever has the claim: it is only told
 * what has become of it.)
 */
#ifndef BDRMON_EXECUTOR_H
#define BDRMON_EXECUTOR_H

#include "bdrmon/clock.h"
#include "bdrmon/config.h"
#include "bdrmon/doorbell.h"
#include "bdrmon/error.h"
#include "bdrmon/event.h"
#include "bdrmon/limits.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/view.h"

#include <stdbool.h>
#include <stdint.h>

#define EXECUTOR_SIZE_MAX  16
#define EXECUTOR_QUEUE_MAX 256
#define DETAILS_MAX        1024

/* A kept job that is older is not run any more: what it says is not so any more. */
#define EXECUTOR_JOB_AGE_MAX_MS 3600000

/* One command to run. The texts are data: they reach the command in environment
 * variables only. */
struct job {
	enum event_kind event;
	bool success;
	bool confirmed;                      /* BDRMON_CONFIRMED */
	int node_id;                         /* %n */
	int former_id;                       /* %p; 0: empty */
	char timestamp[CLOCK_TIMESTAMP_MAX]; /* %t */
	char details[DETAILS_MAX];           /* %d */
	char conninfo[CONNINFO_MAX];         /* %c */
	char node_name[NAME_TEXT_MAX];       /* %a */
	char cluster[NAME_TEXT_MAX];         /* BDRMON_CLUSTER */
	/* Of a failover that is recorded: BDRMON_EPOCH, and the number of the run, which is
	 * made once: whoever has the claim orders another one, or not. It begins before
	 * that moment or not at all. Else 0. */
	int64_t epoch;
	int run;
	struct instant begin_before;
};

/* A job that is not finished. */
struct kept_job {
	struct job job;
	int64_t serial; /* when it was submitted, in us since 1970; rises from job to job */
	int attempts;   /* that were made */
};

struct executor;

struct executor_setup {
	const struct executor_config *config;
	const char *command;            /* the template; checked by config_read() */
	const char *guard;              /* the guard's program; NULL: the installed one */
	const char *directory;          /* for the traces of commands */
	const struct doorbell *changed; /* rings when executor_save() has new text; or NULL */
	const struct doorbell *ran;     /* rings when executor_run() has news; or NULL */
	const struct kept_job *kept;    /* in their order; copied */
	unsigned kept_count;
};

/* Start the pool, and with it the kept jobs. An empty command is allowed, and then jobs
 * are refused quietly. From now on this process ignores SIGCHLD, so that its guards
 * leave no zombies: nobody else may have children.
 *
 * executor  written on OK only; the caller ends it with executor_stop() and
 *           executor_free(). Of SETUP it borrows `changed' only.
 * Errors:   ERR_CONFIG (template), ERR_SYSTEM
 */
enum status executor_start(const struct executor_setup *setup, struct executor **executor,
			   struct error *err);

/* What does not run yet runs by this configuration. Threads: any.
 * Errors: ERR_CONFIG (template); nothing has changed then */
enum status executor_configure(struct executor *executor, const struct executor_config *config,
			       const char *command, struct error *err);

/* Hand over a copy of JOB. Never blocks on a child. Threads: any. */
void executor_submit(struct executor *executor, const struct job *job);

/* Nothing is to be run for JOB: its run, if it stands in a record, has ended well. The same
 * holds for any job while there is no command. Threads: any. */
void executor_skip(struct executor *executor, const struct job *job);

/* The latest run of a command for a failure of node FAILED_ID that is recorded. Over a restart
 * a run that was not started, or interrupted, has come to nothing. RUN_NONE: there was none.
 * Threads: any. */
struct run_view executor_run(struct executor *executor, int failed_id);

/* Since the start; a job that was kept counts as submitted. */
struct executor_counters {
	uint64_t submitted, succeeded, failed;
	uint64_t retried;   /* attempts after the first one */
	uint64_t coalesced; /* replaced by a newer one while it waited */
	uint64_t dropped;
	uint64_t late;        /* ended at the deadline; these are among the failed ones */
	bool failover_failed; /* the last job of LANE_FAILOVER that is over */
	unsigned running, waiting;
	unsigned failovers_pending; /* of these: of LANE_FAILOVER */
};

/* Threads: any. */
void executor_counters(struct executor *executor, struct executor_counters *counters);

/* Append the text of all jobs that are not finished, to be read by job_read(). It holds
 * EXECUTOR_TEXT_MAX bytes at most. When that text is kept safely, executor_noted() removes
 * the traces of the commands that were finished by then. Threads: one for both. */
#define EXECUTOR_TEXT_MAX ((EXECUTOR_QUEUE_MAX + EVENT_LANES) * (2 * sizeof(struct job) + 512))
void executor_save(struct executor *executor, struct strbuf *out);
void executor_noted(struct executor *executor);

/* Finish what waits and runs, at most until DEADLINE, then end the threads. A command
 * that still runs then is left to its guard, and what was not started is named in the
 * log; executor_counters() counts both. No executor_submit() may run then or later. False:
 * a thread has not ended, and what it uses must stay. That takes seconds longer than
 * DEADLINE, and only if the system hangs. */
bool executor_stop(struct executor *executor, struct instant deadline);

/* Free it all, after executor_stop(). */
void executor_free(struct executor *executor);

#endif
