/* SPDX-License-Identifier: PostgreSQL */
/* state.h - what a session is, for the files that make and use one. */
#ifndef BDRMON_PG_STATE_H
#define BDRMON_PG_STATE_H

#include "bdrmon/resolve.h"
#include "bdrmon/session.h"

struct session {
	PGconn *conn;
	bool query_running;
	bool told_end; /* the server said 57P01: it ends this session */
};

/* Where to connect to, as libpq wants it: for each address the name again, which is still
 * needed for the password file and for the server's certificate. */
struct destination {
	bool resolved; /* false: what CONNINFO says needs no name server, or libpq finds it */
	char hosts[ADDRESSES_MAX * HOST_TEXT_MAX];
	char addresses[ADDRESSES_MAX * ADDRESS_TEXT_MAX];
};

/* A connection that is being made. */
struct connecting {
	struct session *session; /* not closed by us; NULL: out of memory */
	enum step step;
	short events; /* to wait for before the next step; 0: it is over */
	bool done;
	struct pg_failure failure; /* if it is over and not done */
};

/* Find the addresses. Errors: as session_open() */
enum status connect_find(const char *conninfo, struct resolver *resolver,
			 const struct pg_wait *wait, struct destination *to,
			 struct pg_failure *failure);

/* Begin to connect; false: it has failed. */
bool connect_begin(const char *conninfo, const struct destination *to, struct connecting *c);

/* The socket is ready for what was waited for. */
void connect_step(struct connecting *c);

#endif
