/* SPDX-License-Identifier: PostgreSQL */
/* bulletin.h - what all monitors of a node read there and pin up there, in one round trip:
 * what the others see (relay.h), the failure that the node has recorded, and which nodes its
 * repmgr.nodes calls active. Threads: the one that has the session.
 */
#ifndef BDRMON_BULLETIN_H
#define BDRMON_BULLETIN_H

#include "bdrmon/pinboard.h"
#include "bdrmon/record.h"

/* Can failures be recorded on this node? */
enum bulletin_tables {
	TABLES_UNKNOWN,
	TABLES_MISSING, /* our tables are not there, or closed to this role */
	TABLES_THERE
};

struct bulletin_question {
	const char *text;      /* to pin up */
	int own_id, failed_id; /* of the node that is asked, and of the other one; 0: not known */
	int64_t recent_ms;     /* count the failures of so long */
};

struct bulletin {
	struct pinboard board;
	enum bulletin_tables tables;
	/* The rest is read where the tables are. */
	struct record record; /* of the latest failure; record.sent is never */
	bool active[NODES];   /* own_id, failed_id: what repmgr.nodes says; true without a row */
};

/* Ask. BULLETIN comes with `tables' of the last one, and so is asked in one round trip; it is
 * written on OK only.
 * Errors: as session_query() */
enum status bulletin_ask(struct session *session, const struct bulletin_question *question,
			 const struct pg_wait *wait, struct bulletin *bulletin,
			 struct pg_failure *failure);

#endif
