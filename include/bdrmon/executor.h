/* SPDX-License-Identifier: PostgreSQL */
/* executor.h - the bounded pool that runs the notification command.
 *
 * A job runs as /bin/sh -c in a process group of its own; its output goes to the
 * log line by line, up to a bound; at the deadline the whole group gets TERM, then
 * KILL. Jobs of one lane (event.h) run one after the other in the order of their
 * submission. A full queue drops the oldest waiting job of LANE_NOTICE, or the new
 * one if it is of that lane and no other waits, and says so. A job of LANE_FAILOVER
 * goes over the queue's bound instead, up to EXECUTOR_QUEUE_MAX of them; only then
 * the oldest one is dropped, with an error, since the last one says where the
 * applications belong.
 */
#ifndef BDRMON_EXECUTOR_H
#define BDRMON_EXECUTOR_H

#include "bdrmon/clock.h"
#include "bdrmon/config.h"
#include "bdrmon/error.h"
#include "bdrmon/event.h"
#include "bdrmon/limits.h"

#include <stdbool.h>
#include <stdint.h>

#define EXECUTOR_SIZE_MAX  16
#define EXECUTOR_QUEUE_MAX 256
#define DETAILS_MAX        1024

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
};

struct executor;

/* Start the pool. COMMAND is the template of the configuration (checked by
 * config_read()); an empty one is allowed, and then jobs are refused quietly.
 *
 * executor  written on OK only; the caller ends it with executor_stop()
 * Errors:   ERR_CONFIG (template), ERR_SYSTEM
 */
enum status executor_start(const struct executor_config *config, const char *command,
			   struct executor **executor, struct error *err);

/* Hand over a copy of JOB. Never blocks on a child. Threads: any. */
void executor_submit(struct executor *executor, const struct job *job);

/* Finish what waits and runs, at most until DEADLINE, then end the threads and free
 * everything. A command that still runs then is left to run, and what was not
 * started is named in the log. Gives the number of jobs that did not finish. No
 * executor_submit() may run then or later. It can take some seconds longer than DEADLINE
 * if a command hangs in the kernel. */
unsigned executor_stop(struct executor *executor, struct instant deadline);

#endif
