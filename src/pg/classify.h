/* SPDX-License-Identifier: PostgreSQL */
/* classify.h - from libpq's words to an outcome. Pure but for strerror(). */
#ifndef BDRMON_PG_CLASSIFY_H
#define BDRMON_PG_CLASSIFY_H

#include "bdrmon/session.h"

#define SQLSTATE_SIZE 6

/* Take the SQLSTATE out of a message that libpq wrote with PQERRORS_VERBOSE: that is
 * the only way to have it when a connection fails. False if there is none. */
bool classify_sqlstate(const char *message, char sqlstate[SQLSTATE_SIZE]);

/* Why a connection that got as far as STEP failed with MESSAGE. */
void classify_connect(const char *message, enum step step, bool needs_password,
		      struct pg_failure *failure);

/* Why a query failed. SQLSTATE may be NULL: the session was cut. */
void classify_query(const char *sqlstate, const char *message, struct pg_failure *failure);

#endif
