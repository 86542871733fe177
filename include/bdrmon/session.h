/* SPDX-License-Identifier: PostgreSQL */
/* session.h - a libpq session of which every wait has a deadline and can be
 * stopped. A session belongs to one thread.
 *
 * A host's name is resolved by us (resolve.h), because libpq would do it without a
 * deadline. What remains are the files that libpq reads, on a file system that may
 * hang: the decider ages what a worker that hangs there has said.
 */
#ifndef BDRMON_SESSION_H
#define BDRMON_SESSION_H

#include "bdrmon/error.h"
#include "bdrmon/probe_result.h"

#include <libpq-fe.h>

/* How long to wait. */
struct pg_wait {
	struct instant deadline;
	int stop_fd; /* when it becomes readable, give up; -1: none */
};

/* Why it did not work, as an outcome. */
struct pg_failure {
	enum outcome outcome;
	enum step step;
	char reason[REASON_MAX]; /* one line */
};

struct session;
struct resolver; /* resolve.h */

/* Open a session to CONNINFO, with RESOLVER for its host's name.
 *
 * session  written on OK only; end it with session_close()
 * failure  written unless OK or ERR_STOPPED
 *
 * Errors:  ERR_TIMEOUT, ERR_STOPPED, ERR_SERVER (everything else)
 */
enum status session_open(const char *conninfo, struct resolver *resolver,
			 const struct pg_wait *wait, struct session **session,
			 struct pg_failure *failure);

/* Close SESSION, which may be NULL. Never blocks. */
void session_close(struct session *session);

/* The server's version as libpq counts it: 150020 is 15.20, 90426 is 9.4.26. */
int session_server_version(const struct session *session);

/* The socket to sleep on while the session is idle. */
int session_fd(const struct session *session);

/* Send SQL and wait for its result, which the caller PQclear()s.
 *
 * result   a successful one; written on OK only
 * failure  as above
 *
 * Errors:  as above. After any error but a refused query the session is only fit to
 *          be closed; session_usable() tells.
 */
enum status session_query(struct session *session, const char *sql, const struct pg_wait *wait,
			  PGresult **result, struct pg_failure *failure);

/* The same for one statement with COUNT values in the places of $1, $2 and so on. Each is a
 * text, or NULL, which is SQL's null; none can be read as syntax. */
enum status session_query_values(struct session *session, const char *sql,
				 const char *const values[], unsigned count,
				 const struct pg_wait *wait, PGresult **result,
				 struct pg_failure *failure);

bool session_usable(const struct session *session);

enum session_news {
	SESSION_LIVES,
	SESSION_ENDED,          /* reset, or an error of the transport */
	SESSION_ENDED_BY_SERVER /* end of file, or the server said that it ends it */
};

/* Look why the idle session's socket is readable. Never blocks. */
enum session_news session_look(struct session *session);

#endif
