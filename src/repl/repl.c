/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/clock.h"
#include "bdrmon/repl.h"

#include "backend.h"
#include "bdrmon/strbuf.h"

#include <string.h>

/* The reason of a failure that no server told us is for the caller to write. */
static struct strbuf refusal(struct pg_failure *failure, enum outcome outcome)
{
	failure->outcome = outcome;
	failure->step = STEP_QUERY;
	return STRBUF(failure->reason);
}

/* Joins of many catalogs look so costly to the planner that it compiles them: half a second of
 * the server's processor each time, measured. PostgreSQL has that since version 11. */
static enum status spare_the_compiler(struct session *session, const struct pg_wait *wait,
				      struct pg_failure *failure)
{
	PGresult *unused = NULL;

	if (session_server_version(session) < 110000)
		return OK;
	enum status st = session_query(session, "SET jit = off", wait, &unused, failure);
	PQclear(unused);
	return st;
}

static enum status ask(struct session *session, const struct repl_backend *backend,
		       enum repl_question question, const struct pg_wait *wait, PGresult **rows,
		       struct pg_failure *failure)
{
	int version = session_server_version(session);
	const char *sql = repl_sql_for(backend, question, version);

	if (sql != NULL) {
		enum status st = spare_the_compiler(session, wait, failure);
		return st == OK ? session_query(session, sql, wait, rows, failure) : st;
	}
	struct strbuf reason = refusal(failure, OUTCOME_NOT_BDR);
	strbuf_printf(&reason, "%s is not supported on this server's version (%d)",
		      repl_kind_name(backend->kind), version);
	return ERR_SERVER;
}

static enum status ask_setup(struct session *session, const struct repl_backend *backend,
			     const char *version, const struct pg_wait *wait,
			     struct repl_setup *setup, struct pg_failure *failure)
{
	PGresult *rows = NULL;
	enum status st = ask(session, backend, ASK_SETUP, wait, &rows, failure);

	if (st != OK)
		return st;
	struct repl_setup found = { .kind = backend->kind };
	copy_line(found.version, sizeof found.version, version);
	repl_take_setup(rows, &found);
	PQclear(rows);
	*setup = found;
	return OK;
}

/* The version of KIND among the candidates, or NULL. */
static const char *version_of(const PGresult *candidates, enum repl_kind kind)
{
	for (int row = 0; row < PQntuples(candidates); row++) {
		if (strcmp(PQgetvalue(candidates, row, 0), repl_kind_name(kind)) == 0)
			return PQgetvalue(candidates, row, 1);
	}
	return NULL;
}

static bool is_wanted(enum repl_kind kind, enum repl_kind wanted)
{
	return wanted == REPL_NONE || kind == wanted || (kind == REPL_PGD && wanted == REPL_BDR);
}

/* The first one that is set up; if none is, the first one that is there. */
static enum status choose(struct session *session, const PGresult *candidates,
			  enum repl_kind wanted, const struct pg_wait *wait,
			  struct repl_setup *setup, struct pg_failure *failure)
{
	struct repl_setup chosen = { .kind = REPL_NONE };

	for (unsigned i = 0; i < repl_backend_count && !chosen.set_up; i++) {
		const struct repl_backend *backend = repl_backends[i];
		const char *version = version_of(candidates, backend->kind);
		struct repl_setup found;
		if (version == NULL || !is_wanted(backend->kind, wanted))
			continue;
		enum status st = ask_setup(session, backend, version, wait, &found, failure);
		if (st != OK)
			return st;
		if (found.set_up || chosen.kind == REPL_NONE)
			chosen = found;
	}
	*setup = chosen;
	return OK;
}

enum status repl_detect(struct session *session, enum repl_kind wanted, const struct pg_wait *wait,
			struct repl_setup *setup, struct pg_failure *failure)
{
	PGresult *candidates = NULL;
	enum status st =
		session_query(session, repl_candidates_sql(session_server_version(session)), wait,
			      &candidates, failure);

	if (st == OK)
		st = choose(session, candidates, wanted, wait, setup, failure);
	PQclear(candidates);
	return st;
}

enum status repl_read(struct session *session, enum repl_kind kind, const struct pg_wait *wait,
		      struct repl_state *state, struct pg_failure *failure)
{
	const struct repl_backend *backend = repl_backend_of(kind);
	PGresult *rows = NULL;

	if (backend == NULL) {
		*state = repl_state_unknown();
		return OK;
	}
	enum status st = ask(session, backend, ASK_STATE, wait, &rows, failure);
	if (st != OK)
		return st;
	const char *missing = repl_take_missing(rows);
	if (missing != NULL) {
		struct strbuf reason = refusal(failure, OUTCOME_DENIED);
		strbuf_printf(&reason, "permission denied: the role must be a member of %s",
			      missing);
		st = ERR_SERVER;
	} else {
		repl_take_state(rows, state);
	}
	PQclear(rows);
	return st;
}

void repl_look(struct session *session, enum repl_kind wanted, const struct pg_wait *wait,
	       struct repl_sight *sight)
{
	struct pg_failure unused;

	sight->asked = clock_now();
	sight->read = repl_detect(session, wanted, wait, &sight->setup, &unused) == OK &&
		      repl_read(session, sight->setup.kind, wait, &sight->state, &unused) == OK;
}

enum status repl_poke(struct session *session, enum repl_kind kind, const struct pg_wait *wait,
		      struct pg_failure *failure)
{
	const struct repl_backend *backend = repl_backend_of(kind);
	PGresult *commands = NULL;

	if (backend == NULL ||
	    repl_sql_for(backend, ASK_POKE, session_server_version(session)) == NULL)
		return OK;
	enum status st = ask(session, backend, ASK_POKE, wait, &commands, failure);
	for (int row = 0; st == OK && row < PQntuples(commands); row++) {
		PGresult *result = NULL;
		st = session_query(session, PQgetvalue(commands, row, 0), wait, &result, failure);
		PQclear(result);
	}
	PQclear(commands);
	return st;
}
