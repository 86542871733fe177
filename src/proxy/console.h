/* SPDX-License-Identifier: PostgreSQL */
/* console.h - a proxy's admin console: what runs, what is set, and to set it. It speaks the
 * simple query protocol only, and its answers have other columns in other versions: they are
 * found by name.
 */
#ifndef BDRMON_PROXY_CONSOLE_H
#define BDRMON_PROXY_CONSOLE_H

#include "bdrmon/proxy.h"

/* server_login_retry of who waits for a node, while nobody floods a dead one. */
#define RETRY_LOW 0.2

/* Run COMMAND, with a session that is opened if there is none. LIMIT_MS is for both.
 * rows    PQclear()ed by the caller, written on OK only; NULL: not wanted
 * Errors: ERR_TIMEOUT, ERR_STOPPED, ERR_SERVER; proxy->reason says why. */
enum status console_run(struct proxy *proxy, const char *command, int64_t limit_ms, int stop_fd,
			PGresult **rows);

/* What SHOW DATABASES says: view.route, one_eyed and odd. Errors: as above */
enum status console_routes(struct proxy *proxy, int64_t limit_ms, int stop_fd);

/* How long transactions of applications have lasted, of those that have ended on a server: it
 * rises when one more has. PgBouncer's count of transactions is of no use: clients that are
 * turned away, because there is no server, are in it too. Errors: as above
 * Source: SHOW STATS of 1.18 while 20 clients came again and again to a dead node */
enum status console_count(struct proxy *proxy, int64_t limit_ms, int stop_fd, uint64_t *count);

/* What SHOW CONFIG says of one setting; negative: nothing. */
struct console_setting {
	double runs;
	double built_in; /* what it is where PgBouncer's file does not set it; since 1.17 */
};

/* Read COUNT settings of these names. Errors: as above */
enum status console_settings(struct proxy *proxy, const char *const names[], unsigned count,
			     int64_t limit_ms, int stop_fd, struct console_setting *settings);

/* Set NAME. Errors: as above */
enum status console_set(struct proxy *proxy, const char *name, double value, int64_t limit_ms,
			int stop_fd);

/* The deadline of a question to the console, of a proxy that tests so long. */
int64_t console_limit_ms(const struct proxy *proxy);

#endif
