/* SPDX-License-Identifier: PostgreSQL */
/* state.h - what a session is, for the files that make and use one. */
#ifndef BDRMON_PG_STATE_H
#define BDRMON_PG_STATE_H

#include "bdrmon/session.h"

struct session {
	PGconn *conn;
	bool query_running;
	bool told_end; /* the server said 57P01: it ends this session */
};

#endif
