/* SPDX-License-Identifier: PostgreSQL */
/* console.h - a proxy's admin console: what runs, what is set, and to set it. It speaks the
 * simple query protocol only, and its answers have other columns in other versions: they are
 * found by name.
 */
#ifndef BDRMON_PROXY_CONSOLE_H
#define BDRMON_PROXY_CONSOLE_H

#include "bdrmon/proxy.h"

/* Values of server_login_retry that nobody else sets, so that whoever finds one knows whose it is:
 * of who waits for a node, while nobody floods a dead one; and for the moment of a move, as good as
 * nothing. */
#define RETRY_LOW  0.21
#define RETRY_BARE 1e-05

/* Run COMMAND, with a session that is opened if there is none. LIMIT_MS is for both.
 * rows    PQclear()ed by the caller, written on OK only; NULL: not wanted
 * Errors: ERR_TIMEOUT, ERR_STOPPED, ERR_SERVER; proxy->reason says why. */
enum status console_run(struct proxy *proxy, const char *command, int64_t limit_ms, int stop_fd,
			PGresult **rows);

/* Run a COMMAND whose answer nobody waits for longer, with a session of its own: it is carried out
 * all the same. */
void console_aside(struct proxy *proxy, const char *command, int64_t limit_ms, int stop_fd);

/* The text of an answer in the column NAME; empty if there is none. */
const char *console_text(const PGresult *rows, int row, const char *name);

/* What SHOW DATABASES says: view.route, one_eyed, odd and hold.paused. It does not have the
 * fallback "*", only what PgBouncer makes of that when a client comes by it: so if that is named,
 * and has made nothing yet, a client of ours comes. Errors: as above */
enum status console_routes(struct proxy *proxy, int64_t limit_ms, int stop_fd);

/* How long transactions of applications have lasted, of those that have ended on a server: it
 * rises when one more has. PgBouncer's count of transactions is of no use: clients that are
 * turned away, because there is no server, are in it too. Errors: as above
 * Source: SHOW STATS of 1.18 while 20 clients came again and again to a dead node */
enum status console_count(struct proxy *proxy, int64_t limit_ms, int stop_fd, uint64_t *count);

/* Read COUNT settings of these names, as SHOW CONFIG says; negative: it says nothing.
 * Errors: as above */
enum status console_settings(struct proxy *proxy, const char *const names[], unsigned count,
			     int64_t limit_ms, int stop_fd, double settings[]);

/* Set NAME. Errors: as above */
enum status console_set(struct proxy *proxy, const char *name, double value, int64_t limit_ms,
			int stop_fd);

/* Is it one of those that applications use, as SHOW DATABASES said last? */
bool console_is_apps(const struct proxy *proxy, const char *database);

/* How many logins to a server are under way for applications. Errors: as above */
enum status console_logins(struct proxy *proxy, int64_t limit_ms, int stop_fd, long *count);

/* The deadline of a question to the console, of a proxy that tests so long. */
int64_t console_limit_ms(const struct proxy *proxy);

#endif
