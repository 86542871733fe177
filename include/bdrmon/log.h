/* SPDX-License-Identifier: PostgreSQL */
/* log.h - the log, in repmgr's format.
 *
 *   [2017-07-27 21:09:23] [WARNING] node "node2" (ID: 2) does not answer
 *   [2017-07-27 21:09:23] [HINT] Check the network.
 *
 * A message is one write(2) with its DETAIL and HINT lines, so that messages of
 * several threads do not mix. In the journal each line has a priority instead of the
 * time, in syslog each line is a record of its own. A message that repeats the one
 * before is counted, not written; the count follows with the next message, or after
 * 30 s.
 *
 * A disk that hangs, a pipe that nobody reads and a stalled syslog block who writes to
 * them. Between log_start() and log_close() a thread of the log's own does that, from
 * a bounded queue: nobody else ever waits, and what does not fit is counted and told
 * as soon as something can be written again. Before and after, whoever logs writes.
 *
 * The logger is the program's only mutable variable at file scope. Threads: any for
 * log_write() and log_counters(), main alone for the others.
 */
#ifndef BDRMON_LOG_H
#define BDRMON_LOG_H

#include "bdrmon/error.h"

#include <stdbool.h>
#include <stdint.h>

/* repmgr's levels, which are syslog's. */
enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_ALERT,
	LOG_LEVEL_CRIT,
	LOG_LEVEL_EMERG,
	LOG_LEVELS
};

/* Where to log to if no file is named: repmgr's words for it. */
enum log_facility {
	LOG_FACILITY_STDERR,
	LOG_FACILITY_USER,
	LOG_FACILITY_DAEMON,
	LOG_FACILITY_LOCAL0,
	LOG_FACILITY_LOCAL1,
	LOG_FACILITY_LOCAL2,
	LOG_FACILITY_LOCAL3,
	LOG_FACILITY_LOCAL4,
	LOG_FACILITY_LOCAL5,
	LOG_FACILITY_LOCAL6,
	LOG_FACILITY_LOCAL7,
	LOG_FACILITIES
};

/* "DEBUG" ... "EMERG". */
const char *log_level_name(enum log_level level);

struct log_target {
	enum log_level level;       /* write what is at least this */
	enum log_facility facility; /* stderr or syslog, if there is no file */
	const char *file;           /* borrowed for the call; NULL or empty: none */
};

/* Log to TARGET from now on. Before the first call that is stderr, from INFO on. When
 * it fails, all stays as it was. What waits in the queue goes to the new target.
 * Errors: ERR_SYSTEM. */
enum status log_open(const struct log_target *target, struct error *err);

/* Open the target's file again, which may have been renamed: for SIGHUP. When it fails,
 * the old one stays in use. Errors: ERR_SYSTEM. */
enum status log_reopen(struct error *err);

/* Start the log's thread. Signals must be blocked. Errors: ERR_SYSTEM. */
enum status log_start(struct error *err);

/* End the thread, after what waits is written, or 200 ms: a thread that hangs is left
 * behind. Tells a count of repeated messages in any case. */
void log_close(void);

/* Write one message. DETAIL and HINT are sentences, or NULL or empty. Passwords in what
 * looks like a connection string are masked, and what could steer a terminal is replaced. */
void log_write(enum log_level level, const char *detail, const char *hint, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, NULL, NULL, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, NULL, NULL, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_LEVEL_NOTICE, NULL, NULL, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, NULL, NULL, __VA_ARGS__)
#define log_error(...)   log_write(LOG_LEVEL_ERROR, NULL, NULL, __VA_ARGS__)

/* What has been logged since the start of the program. */
struct log_counters {
	uint64_t messages[LOG_LEVELS]; /* of the wanted levels, whatever became of them */
	uint64_t repeated;             /* of these: counted instead of written */
	uint64_t lost;                 /* of these: dropped, or not written */
};

void log_counters(struct log_counters *counters);

#endif
