/* SPDX-License-Identifier: PostgreSQL */
/* trace.h - the trace of a command: a file in the state directory by which a bdrmon
 * that starts again finds out what the commands of the one before it do, or did.
 *
 * bdrmon makes the file, locks it and gives it to a guard before the guard has a
 * command. The lock belongs to the open file: so there is no moment between the
 * decision and the command's end at which the command could run, or be on its way, and
 * the lock be free. The guard writes which job it runs, then how that ended.
 *
 *   job 1763868406000000 attempt 1 process 4711 until 1763868471
 *   exited 0
 */
#ifndef BDRMON_TRACE_H
#define BDRMON_TRACE_H

#include "bdrmon/error.h"
#include "bdrmon/fate.h"
#include "bdrmon/limits.h"

#include <stdint.h>

#define TRACE_PREFIX "command-"

struct trace {
	bool held;    /* a guard still has it: the rest may change */
	bool started; /* the guard got a command. Then: */
	int64_t serial;
	int attempt;
	int process;
	int64_t until_s; /* it is over by then, by the wall clock, or its guard hangs */
	bool ended;
	struct fate fate; /* if ended */
};

/* Make a trace in DIRECTORY, with LABEL in its name, and lock it.
 *
 * path    gets its name
 * fd      written on OK only; it is close-on-exec; who inherits it holds the lock too
 * Errors: ERR_SYSTEM
 */
enum status trace_create(const char *directory, const char *label, char path[PATH_TEXT_MAX],
			 int *fd, struct error *err);

/* The guard's: write what TRACE tells of the start, write the end and free the lock.
 * Best effort: no command fails for its trace. */
void trace_write_start(int fd, const struct trace *trace);
void trace_write_end(int fd, struct fate fate);

/* Read a trace without touching its lock. A line that is not whole does not count.
 * Errors: ERR_SYSTEM */
enum status trace_read(const char *path, struct trace *trace, struct error *err);

#endif
