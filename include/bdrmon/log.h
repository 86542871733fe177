/* SPDX-License-Identifier: PostgreSQL */
/* log.h - the log, in repmgr's format.
 *
 *   [2017-07-27 21:09:23] [WARNING] node "node2" (ID: 2) does not answer
 *   [2017-07-27 21:09:23] [HINT] Check the network.
 *
 * A message is one write(2) with its DETAIL and HINT lines, so that messages of
 * several threads do not mix. The sink is the program's only mutable variable at
 * file scope. Threads: any, after log_open() in main.
 */
#ifndef BDRMON_LOG_H
#define BDRMON_LOG_H

#include <stdbool.h>

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

/* Write to the file descriptor FD from now on, what is at least LEVEL. Before the
 * first call the log goes to stderr, from INFO on. */
void log_open(int fd, enum log_level level);

/* Write one message. DETAIL and HINT are sentences, or NULL or empty. */
void log_write(enum log_level level, const char *detail, const char *hint, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, NULL, NULL, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, NULL, NULL, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_LEVEL_NOTICE, NULL, NULL, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, NULL, NULL, __VA_ARGS__)
#define log_error(...)   log_write(LOG_LEVEL_ERROR, NULL, NULL, __VA_ARGS__)

#endif
