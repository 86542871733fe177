/* SPDX-License-Identifier: PostgreSQL */
/* recorder.h - the thread that keeps, in the file "state" of the state directory,
 * what must outlive a restart: the decider's memory, the jobs that are not
 * finished, and the events that are not written. Nobody waits for it, least of all a command.
 *
 * The decider hands a job to the executor, and an event to the scribe, first and puts its memory
 * here after that. The recorder looks in the other order: so a file that says that a node has
 * failed also holds the job of that failover, or the job is done. If bdrmon is killed before the
 * file is written, the decision is taken again after the restart.
 *
 * A file that cannot be written is told once, and tried again; the monitor goes on.
 */
#ifndef BDRMON_RECORDER_H
#define BDRMON_RECORDER_H

#include "bdrmon/doorbell.h"
#include "bdrmon/executor.h"
#include "kept.h"
#include "scribe.h"

/* What was kept. A damaged file is set aside and named in the log; then it is empty. */
struct recorded {
	struct kept kept;
	struct kept_job *job; /* in their order; freed by recorded_free() */
	unsigned jobs;
	struct rows *rows; /* events that were not written; freed the same way */
};

struct recorder;

/* Read what is kept in DIRECTORY of CLUSTER; of another cluster nothing is taken.
 *
 * recorder  written on OK only; for recorder_free()
 * recorded  written on OK only
 * Errors:   ERR_SYSTEM  not for want of a readable file
 */
enum status recorder_new(const char *directory, const char *cluster, struct recorder **recorder,
			 struct recorded *recorded, struct error *err);
void recorded_free(struct recorded *recorded); /* jobs and rows */

/* For executor_start() and scribe_new(): it rings when the jobs have changed. */
const struct doorbell *recorder_bell(const struct recorder *recorder);

/* Start the thread. EXECUTOR and SCRIBE must live until it has ended. */
enum status recorder_start(struct recorder *recorder, struct executor *executor,
			   struct scribe *scribe, struct error *err);

/* Keep this memory from now on. Never blocks. Threads: any. */
void recorder_put(struct recorder *recorder, const struct kept *kept);

/* Write once more and end the thread; after executor_stop(), before executor_free(). False:
 * it has not ended by DEADLINE, and what it uses must stay. */
bool recorder_stop(struct recorder *recorder, struct instant deadline);
void recorder_free(struct recorder *recorder);

#endif
