/* SPDX-License-Identifier: PostgreSQL */
#include "registry.h"

#include "bdrmon/clock.h"
#include "bdrmon/conninfo.h"
#include "bdrmon/schema.h"
#include "bdrmon/strbuf.h"
#include "commands.h"
#include "load.h"

#include <stdlib.h>
#include <string.h>

#define STATEMENTS_MS 30000 /* for all of one side, creating an extension too */
#define TRAVEL_MS     5000
#define LOOK_AGAIN_MS 50

static enum status fail(struct registry *registry, int code, enum status st)
{
	registry->code = code;
	return st;
}

static enum status connect_to(struct registry *registry, struct side *side, struct error *err)
{
	struct instant now = clock_now();
	struct pg_wait wait = { instant_add_ms(now, registry->config->probe.timeout_ms), -1 };
	struct pg_failure failure;
	int64_t unused;

	enum status st = conninfo_check(side->node.conninfo, &unused, err);
	if (st != OK)
		return fail(registry, EXIT_CODE_BAD_CONFIG, st);
	st = session_open(side->node.conninfo, &side->resolver, &wait, &side->session, &failure);
	if (st != OK) {
		error_set(err, st, "could not connect to node \"%s\" (ID: %d): %s", side->node.name,
			  side->node.id, failure.reason);
		return fail(registry, EXIT_CODE_DB_CONN, st);
	}
	wait.deadline = instant_add_ms(now, STATEMENTS_MS);
	side->store = (struct store) { .session = side->session, .wait = wait };
	return OK;
}

static enum status ask_identity(struct side *side, struct error *err)
{
	PGresult *rows = NULL;
	enum status st =
		store_run(&side->store, "SELECT current_user, current_database()", NULL, 0, &rows);

	if (st != OK)
		return error_set(err, st, "could not ask node \"%s\" (ID: %d): %s", side->node.name,
				 side->node.id, side->store.failure.reason);
	COPY_TEXT(side->role, PQgetvalue(rows, 0, 0));
	COPY_TEXT(side->database, PQgetvalue(rows, 0, 1));
	PQclear(rows);
	return OK;
}

static enum status check_grants(struct side *side, struct error *err)
{
	struct error lacking;
	enum status st = schema_check_grants(&side->store, &lacking);

	if (st != OK) {
		error_set(err, st, "%s on node \"%s\" (ID: %d)", lacking.text, side->node.name,
			  side->node.id);
		error_hint(err, "%s", lacking.hint);
	}
	return st;
}

static enum status ask_replication(struct side *side, enum repl_kind wanted, struct error *err)
{
	struct store *store = &side->store;

	enum status st =
		repl_detect(side->session, wanted, &store->wait, &side->setup, &store->failure);
	if (st == ERR_SERVER && session_usable(side->session) && check_grants(side, err) != OK)
		return ERR_CONFIG; /* that is why */
	if (st == OK)
		st = store_find_way(store, side->setup.kind == REPL_BDR);
	if (st != OK)
		error_set(err, st, "could not look at the replication of node \"%s\" (ID: %d): %s",
			  side->node.name, side->node.id, store->failure.reason);
	return st;
}

static enum status check_set_up(const struct side *side, struct error *err)
{
	if (side->setup.kind != REPL_NONE && side->setup.set_up)
		return OK;
	error_set(err, ERR_CONFIG, "database \"%s\" is not BDR-enabled", side->database);
	error_hint(err,
		   "The database of node \"%s\" (ID: %d) must be one that is replicated by BDR, "
		   "pglogical, Spock, or native logical replication; see dbname in its conninfo.",
		   side->node.name, side->node.id);
	return ERR_CONFIG;
}

static enum status read_rows(struct side *side, struct error *err)
{
	enum status st = schema_has_nodes(&side->store, &side->has_rows, err);

	if (st == OK && side->has_rows)
		st = nodes_read(&side->store, &side->rows, err);
	return st;
}

static enum status open_side(struct registry *registry, struct side *side, struct error *err)
{
	enum status st = connect_to(registry, side, err);

	if (st != OK)
		return st;
	registry->code = EXIT_CODE_DB_QUERY;
	enum repl_kind wanted = config_repl_kind(registry->config);
	if ((st = ask_identity(side, err)) == OK &&
	    (st = ask_replication(side, wanted, err)) == OK &&
	    (st = check_set_up(side, err)) == OK && (st = check_grants(side, err)) == OK)
		st = read_rows(side, err);
	return st;
}

static struct node_record configured(const struct node_config *config)
{
	struct node_record record = { .id = config->id };

	COPY_TEXT(record.name, config->name);
	COPY_TEXT(record.conninfo, config->conninfo);
	return record;
}

enum status registry_open(const struct arguments *arguments, struct registry *registry,
			  struct error *err)
{
	*registry = (struct registry) { .arguments = arguments, .code = EXIT_CODE_BAD_CONFIG };
	enum status st = load_config(arguments, &registry->config, err);
	if (st != OK)
		return st;
	if (registry->config->local_none) {
		error_set(err, ERR_CONFIG, "this host has no node");
		error_hint(err, "Run it on the host of the node, whose file has no local=none.");
		return ERR_CONFIG;
	}
	registry->side[0].node = configured(&registry->config->node[0]);
	return open_side(registry, &registry->side[0], err);
}

/* The other node, from the first place that knows it; its id stays 0 if none does. */
static struct node_record find_other(const struct registry *registry)
{
	const struct side *local = &registry->side[0];

	if (registry->config->node[1].id != 0)
		return configured(&registry->config->node[1]);
	const struct node_row *other = node_rows_other(&local->rows, local->node.id);
	return other != NULL ? other->record : (struct node_record) { 0 };
}

enum status registry_open_other(struct registry *registry, struct error *err)
{
	struct side *other = &registry->side[1];

	other->node = find_other(registry);
	if (other->node.id != 0)
		return open_side(registry, other, err);
	error_set(err, ERR_CONFIG, "the other node is not known");
	error_hint(err, "Add a section [node NAME] with its node_id and conninfo to \"%s\".",
		   registry->config->file);
	return fail(registry, EXIT_CODE_BAD_CONFIG, ERR_CONFIG);
}

void registry_close(struct registry *registry)
{
	for (unsigned i = 0; i < NODES; i++) {
		session_close(registry->side[i].session);
		resolver_close(&registry->side[i].resolver);
	}
	free(registry->config);
}

int registry_fail(const struct registry *registry, enum status st, const struct error *err)
{
	return tell_error(registry->arguments, err,
			  st == ERR_CONFIG ? EXIT_CODE_BAD_CONFIG : registry->code);
}

bool registry_rows_travel(const struct registry *registry)
{
	return registry->side[0].store.way == STORE_BDR;
}

bool registry_wait_row(struct registry *registry, int id, bool present)
{
	struct side *other = &registry->side[1];
	struct instant deadline = instant_add_ms(clock_now(), TRAVEL_MS);
	const struct timespec pause = clock_timespec(LOOK_AGAIN_MS * 1000);
	struct error unused;

	for (;;) {
		if (read_rows(other, &unused) == OK && other->has_rows &&
		    (node_rows_find(&other->rows, id) != NULL) == present)
			return true;
		if (!session_usable(other->session) || !instant_before(clock_now(), deadline))
			return false;
		nanosleep(&pause, NULL);
	}
}
