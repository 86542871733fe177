/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/rival.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <inttypes.h>
#include <stdlib.h>

/* The columns are there since PostgreSQL 9.2. Of a foreign session, a role without
 * pg_monitor sees neither the beginning nor the address. A conninfo that gives us that
 * name, too, makes us blind: all monitors would see repmgrd in each other. */
static const char rival_sql[] =
	"SELECT pid, (extract(epoch FROM clock_timestamp() - backend_start) * 1000)::bigint,"
	" usename, host(client_addr) FROM pg_catalog.pg_stat_activity"
	" WHERE application_name = 'repmgr' AND datname = current_database()"
	" AND current_setting('application_name') <> 'repmgr'"
	" ORDER BY backend_start NULLS LAST, pid LIMIT 1";

static struct rival take_row(const PGresult *rows, const struct rival *before, struct instant now)
{
	struct rival found = { .pid = atoi(PQgetvalue(rows, 0, 0)), .since = now };

	if (!PQgetisnull(rows, 0, 1))
		found.since = instant_add_ms(now, -strtoimax(PQgetvalue(rows, 0, 1), NULL, 10));
	else if (before->pid == found.pid)
		found.since = before->since;
	COPY_LINE(found.role, PQgetvalue(rows, 0, 2));
	COPY_LINE(found.address, PQgetvalue(rows, 0, 3));
	return found;
}

enum status rival_read(struct session *session, const struct pg_wait *wait, struct rival *rival,
		       struct pg_failure *failure)
{
	PGresult *rows = NULL;
	enum status st = session_query(session, rival_sql, wait, &rows, failure);

	if (st != OK)
		return st;
	struct rival found = { 0 };
	if (PQntuples(rows) > 0)
		found = take_row(rows, rival, clock_now());
	*rival = found;
	PQclear(rows);
	return OK;
}

bool rival_is_daemon(const struct rival *rival, struct instant now)
{
	return rival->pid != 0 && ms_between(rival->since, now) >= RIVAL_AGE_MS;
}
