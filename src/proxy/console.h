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

/* How many transactions applications have ended. Errors: as above */
enum status console_count(struct proxy *proxy, int64_t limit_ms, int stop_fd, uint64_t *count);

/* The value of the setting NAME, in VALUE. Errors: as above */
enum status console_setting(struct proxy *proxy, const char *name, int64_t limit_ms, int stop_fd,
			    double *value, double *built_in);

/* Set NAME. Errors: as above */
enum status console_set(struct proxy *proxy, const char *name, double value, int64_t limit_ms,
			int stop_fd);

/* The deadline of a question to the console, of a proxy that tests so long. */
int64_t console_limit_ms(const struct proxy *proxy);

#endif
