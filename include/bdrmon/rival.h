/* SPDX-License-Identifier: PostgreSQL */
/* rival.h - does a repmgrd run against this node? Two programs that act on the same
 * failure would both run their command.
 *
 * repmgrd holds a session to its local node from its start on, with "repmgr" as
 * application_name unless its conninfo has another one. Seen with repmgrd 5.3.3; the
 * same in the source of 4.x (establish_db_connection(), monitor_bdr()). The commands of
 * repmgr have that name too, but do not stay.
 */
#ifndef BDRMON_RIVAL_H
#define BDRMON_RIVAL_H

#include "bdrmon/instant.h"
#include "bdrmon/limits.h"
#include "bdrmon/session.h"

#include <stdbool.h>

/* A session that is older belongs to no command. */
#define RIVAL_AGE_MS 30000

struct rival {
	int pid;              /* of its server process; 0: there is none */
	struct instant since; /* it has been there at least since then */
	char role[NAME_TEXT_MAX];
	char address[NAME_TEXT_MAX]; /* empty: a unix socket, or not visible to us */
};

/* Look, on the node behind SESSION, for the oldest session of repmgr's. Any role may
 * ask; one that may not see when a foreign session began learns it by asking again.
 *
 * rival  in: what was found the last time on this node, all zero the first time
 *        out: what is there now, on OK only; so that with a node that does not answer,
 *        the last answer stays
 *
 * Errors: as session_query(), with its FAILURE. */
enum status rival_read(struct session *session, const struct pg_wait *wait, struct rival *rival,
		       struct pg_failure *failure);

/* Is it a repmgrd? Pure. */
bool rival_is_daemon(const struct rival *rival, struct instant now);

#endif
