/* SPDX-License-Identifier: PostgreSQL */
#include "backend.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <stdlib.h>
#include <string.h>

/* The value of a column, or NULL: it is NULL, or the statement has no such column. */
static const char *value_of(const PGresult *rows, int row, const char *column)
{
	int number = PQfnumber(rows, column);
	return number < 0 || PQgetisnull(rows, row, number) ? NULL : PQgetvalue(rows, row, number);
}

static enum repl_says says_of(const char *value)
{
	if (value == NULL)
		return REPL_UNKNOWN;
	return value[0] == 't' ? REPL_YES : REPL_NO;
}

static int64_t number_of(const char *value)
{
	return value == NULL ? REPL_UNKNOWN_NUMBER : strtoll(value, NULL, 10);
}

/* The position that was read first may be behind by the time of the second. */
static int64_t lag_of(const char *value)
{
	return value != NULL && value[0] == '-' ? 0 : number_of(value);
}

/* PostgreSQL prints the two halves of a position in hexadecimal: "16/B374D848". */
static uint64_t lsn_of(const char *value)
{
	if (value == NULL)
		return 0;
	char *slash;
	uint64_t high = strtoull(value, &slash, 16);
	return *slash == '/' ? high << 32 | strtoull(slash + 1, NULL, 16) : 0;
}

static const struct {
	const char *wal_status; /* PostgreSQL manual, pg_replication_slots */
	enum repl_slot slot;
} slots[] = {
	{ "reserved", REPL_SLOT_SAFE },
	{ "extended", REPL_SLOT_SAFE },
	{ "unreserved", REPL_SLOT_AT_RISK },
	{ "lost", REPL_SLOT_LOST },
};

static enum repl_slot slot_of(const char *value)
{
	for (unsigned i = 0; value != NULL && i < ARRAY_LEN(slots); i++) {
		if (strcmp(value, slots[i].wal_status) == 0)
			return slots[i].slot;
	}
	return REPL_SLOT_UNKNOWN;
}

static void take_name(char to[NAME_TEXT_MAX], const char *value)
{
	copy_line(to, NAME_TEXT_MAX, value == NULL ? "" : value);
}

void repl_take_setup(const PGresult *rows, struct repl_setup *setup)
{
	setup->set_up = says_of(value_of(rows, 0, "set_up")) == REPL_YES;
	setup->active = says_of(value_of(rows, 0, "active"));
	take_name(setup->node, value_of(rows, 0, "node"));
	for (int row = 0; row < PQntuples(rows); row++) {
		const char *name = value_of(rows, row, "name");
		if (name == NULL)
			continue;
		if (setup->nodes < REPL_NODES_MAX)
			take_name(setup->name[setup->nodes], name);
		setup->nodes++;
	}
}

struct repl_state repl_state_unknown(void)
{
	static const struct repl_link link = { "", REPL_UNKNOWN, REPL_UNKNOWN_NUMBER,
					       REPL_UNKNOWN_NUMBER };
	return (struct repl_state) { .in = link, .out = link, .conflicts = REPL_UNKNOWN_NUMBER };
}

static void take_link(const PGresult *rows, const char *const columns[4], struct repl_link *link)
{
	take_name(link->name, value_of(rows, 0, columns[0]));
	link->up = says_of(value_of(rows, 0, columns[1]));
	link->lag_bytes = lag_of(value_of(rows, 0, columns[2]));
	link->lag_ms = lag_of(value_of(rows, 0, columns[3]));
}

void repl_take_state(const PGresult *rows, struct repl_state *state)
{
	static const char *const in[] = { "in_name", "in_up", "in_lag_bytes", "in_lag_ms" };
	static const char *const out[] = { "out_name", "out_up", "out_lag_bytes", "out_lag_ms" };

	take_link(rows, in, &state->in);
	take_link(rows, out, &state->out);
	state->slot = slot_of(value_of(rows, 0, "wal_status"));
	state->conflicts = number_of(value_of(rows, 0, "conflicts"));
	state->written_lsn = lsn_of(value_of(rows, 0, "written_lsn"));
	state->received_lsn = lsn_of(value_of(rows, 0, "received_lsn"));
}

const char *repl_take_missing(const PGresult *rows)
{
	return value_of(rows, 0, "missing");
}
