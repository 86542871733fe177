/* SPDX-License-Identifier: PostgreSQL */
/* register: write this node into repmgr.nodes on both nodes. The tables are made on both
 * before the first row is written on either, so that a row which travels all the same finds
 * its table. */
#include "commands.h"

#include "bdrmon/schema.h"
#include "bdrmon/secret.h"
#include "registry.h"

#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------------- checks */

/* Where a back-end keeps its nodes' names. */
static const char *names_at(enum repl_kind kind)
{
	switch (kind) {
	case REPL_BDR:
		return "bdr.bdr_nodes";
	case REPL_PGD:
		return "bdr.node_summary";
	case REPL_SPOCK:
		return "spock.node";
	default:
		return "pglogical.node";
	}
}

static enum status check_name(const struct side *side, const char *whose, struct error *err)
{
	const char *name = side->setup.node;

	if (name[0] == '\0' || strcmp(name, side->node.name) == 0)
		return OK;
	error_set(err, ERR_CONFIG, "%s BDR node name is \"%s\", expected: \"%s\"", whose, name,
		  side->node.name);
	error_hint(err, "\"node_name\" in repmgr.conf must match \"node_name\" in %s",
		   names_at(side->setup.kind));
	return ERR_CONFIG;
}

static enum status check_cluster(const struct side *side, struct error *err)
{
	if (side->setup.nodes > NODES) {
		error_set(err, ERR_CONFIG, "repmgr can only support BDR 2.x clusters with 2 nodes");
		error_hint(err, "this BDR cluster has %u nodes", side->setup.nodes);
		return ERR_CONFIG;
	}
	if (side->setup.active == REPL_NO) {
		error_set(err, ERR_CONFIG, "node \"%s\" (ID: %d) takes no part in the replication",
			  side->node.name, side->node.id);
		error_hint(err, "ensure this is an active BDR node");
		return ERR_CONFIG;
	}
	return OK;
}

static enum status check_rows(const struct side *side, const struct node_row *row, bool force,
			      struct error *err)
{
	const struct node_row *old = node_rows_find(&side->rows, row->record.id);
	unsigned others = side->rows.count - (old != NULL);

	for (unsigned i = 0; i < node_rows_held(&side->rows); i++) {
		if (strcmp(side->rows.row[i].type, NODE_TYPE_BDR) != 0)
			return error_set(err, ERR_CONFIG,
					 "repmgr metadatabase contains records for non-BDR nodes");
	}
	if (others >= NODES) {
		error_set(err, ERR_CONFIG, "repmgr can only support BDR 2.x clusters with 2 nodes");
		error_hint(err,
			   "repmgr.nodes holds %u other nodes; \"bdrmon unregister --node-id "
			   "N\" takes one out.",
			   others);
		return ERR_CONFIG;
	}
	if (old != NULL && !force) {
		error_set(err, ERR_CONFIG, "this node is already registered");
		error_hint(err, "use -F/--force to overwrite the existing node record");
		return ERR_CONFIG;
	}
	if (old != NULL && strcmp(old->record.name, row->record.name) != 0) {
		error_set(err, ERR_CONFIG,
			  "a record for node %d is already registered with node_name \"%s\"",
			  row->record.id, old->record.name);
		error_hint(err, "node_name configured in repmgr.conf is \"%s\"", row->record.name);
		return ERR_CONFIG;
	}
	return OK;
}

static enum status check(const struct registry *registry, const struct node_row *row,
			 struct error *err)
{
	const struct side *side = registry->side;
	bool force = registry->arguments->force;

	enum status st = check_cluster(&side[0], err);
	if (st == OK)
		st = check_name(&side[0], "local node", err);
	if (st == OK)
		st = check_rows(&side[0], row, force, err);
	if (st != OK || side[1].session == NULL)
		return st;
	if ((st = check_cluster(&side[1], err)) == OK &&
	    (st = check_name(&side[1], "the other node's", err)) == OK)
		/* what is here alone is only here by half, and is completed */
		st = check_rows(&side[1], row, true, err);
	return st;
}

/* The other node must be there. Where rows travel by themselves, as with repmgr, it need not
 * even be known. */
static enum status open_other(struct registry *registry, struct error *err)
{
	enum status st = registry_open_other(registry, err);

	if (st != OK && registry_rows_travel(registry) && registry->side[1].node.id == 0)
		return OK;
	return st;
}

/* ---------------------------------------------------------------------- writing */

static struct node_row own_row(const struct registry *registry)
{
	const struct node_config *config = &registry->config->node[0];
	struct node_row row = { .record = registry->side[0].node,
				.active = true,
				.type = NODE_TYPE_BDR,
				.priority = config->priority };

	COPY_TEXT(row.location, config->location);
	COPY_TEXT(row.repluser, registry->side[0].role);
	/* repmgr keeps the path by which the file is found from anywhere */
	char *path = realpath(registry->config->file, NULL);
	COPY_TEXT(row.config_file, path != NULL ? path : registry->config->file);
	free(path);
	return row;
}

static void tell_notice(void *argument, const char *text)
{
	const char *where = argument;
	tell_message("NOTICE", "%s%s", text, where);
}

static enum status make_schema(struct side *side, bool tell, struct error *err)
{
	enum status st = store_begin(&side->store);

	if (st == OK) {
		st = schema_ensure(&side->store, false, tell ? tell_notice : NULL, (void *)"", err);
		if (st == OK && side->store.way == STORE_BDR)
			st = schema_share(&side->store, side->node.name, err);
		if (st != OK) {
			store_end(&side->store, st);
			return st;
		}
		st = store_end(&side->store, OK);
	}
	if (st != OK)
		error_set(err, st, "could not create our tables on node \"%s\" (ID: %d): %s",
			  side->node.name, side->node.id, side->store.failure.reason);
	return st;
}

/* What is written on each node: the same on both, to the microsecond. */
struct entry {
	struct node_row row;
	struct event_row event[2]; /* in the order in which they happened */
	unsigned events;
	char details[ERROR_TEXT_MAX];
	char created[CLOCK_TIMESTAMP_MAX], registered[CLOCK_TIMESTAMP_MAX];
};

static void add_event(struct entry *entry, const char *event, char when[CLOCK_TIMESTAMP_MAX],
		      const char *details)
{
	clock_timestamp(when);
	entry->event[entry->events++] =
		(struct event_row) { entry->row.record.id, event, true, when, details };
}

static void fill_events(struct entry *entry, const struct registry *registry)
{
	const struct node_rows *rows = &registry->side[0].rows;
	const struct node_record *node = &entry->row.record;
	struct strbuf details = STRBUF(entry->details);

	if (rows->count == 0)
		add_event(entry, "cluster_created", entry->created, NULL);
	if (node_rows_find(rows, node->id) == NULL)
		strbuf_printf(&details, "node record created for node \"%s\" (ID: %d)", node->name,
			      node->id);
	else
		strbuf_printf(&details, "node record updated for node \"%s\" (%d)", node->name,
			      node->id);
	add_event(entry, "bdr_register", entry->registered, entry->details);
}

static enum status write_entry(struct side *side, const struct entry *entry, struct error *err)
{
	struct store *store = &side->store;
	enum status st = store_begin(store);

	if (st == OK) {
		st = nodes_write(store, &entry->row);
		for (unsigned i = 0; i < entry->events && st == OK; i++)
			st = events_add(store, &entry->event[i]);
		st = store_end(store, st);
	}
	if (st != OK)
		error_set(err, st,
			  "could not write the record of node \"%s\" (ID: %d) on node "
			  "\"%s\" (ID: %d): %s",
			  entry->row.record.name, entry->row.record.id, side->node.name,
			  side->node.id, store->failure.reason);
	return st;
}

/* A row of the other node that was written before the tables were shared did not travel. */
static enum status fetch_rows(struct registry *registry, struct error *err)
{
	struct side *local = &registry->side[0];
	const struct side *other = &registry->side[1];
	enum status st = OK;

	for (unsigned i = 0; i < node_rows_held(&other->rows) && st == OK; i++) {
		const struct node_row *row = &other->rows.row[i];
		if (row->record.id != other->node.id ||
		    node_rows_find(&local->rows, row->record.id) != NULL)
			continue;
		st = write_entry(local, &(struct entry) { .row = *row }, err);
	}
	return st;
}

static enum status write_shared(struct registry *registry, const struct entry *entry,
				struct error *err)
{
	struct side *side = registry->side;

	enum status st = make_schema(&side[0], true, err);
	if (st == OK && side[1].session != NULL)
		st = fetch_rows(registry, err);
	if (st == OK)
		st = write_entry(&side[0], entry, err);
	if (st != OK || side[1].session == NULL ||
	    registry_wait_row(registry, entry->row.record.id, true))
		return st;
	st = make_schema(&side[1], false, err);
	return st == OK ? write_entry(&side[1], entry, err) : st;
}

static enum status write_both(struct registry *registry, const struct entry *entry,
			      struct error *err)
{
	enum status st = OK;

	for (unsigned i = 0; i < NODES && st == OK; i++)
		st = make_schema(&registry->side[i], i == 0, err);
	for (unsigned i = 0; i < NODES && st == OK; i++) {
		st = write_entry(&registry->side[i], entry, err);
		if (st != OK && i > 0)
			error_hint(err,
				   "The record is on node \"%s\" only; repeat this with "
				   "--force.",
				   registry->side[0].node.name);
	}
	return st;
}

/* ---------------------------------------------------------------------- command */

static enum status rehearse(struct registry *registry, const struct entry *entry, struct error *err)
{
	enum status st = OK;

	for (unsigned i = 0; i < NODES && st == OK; i++) {
		struct side *side = &registry->side[i];
		char memory[2 * NAME_TEXT_MAX];
		struct strbuf where = STRBUF(memory);
		if (side->session == NULL)
			continue;
		strbuf_printf(&where, " on node \"%s\" (ID: %d)", side->node.name, side->node.id);
		st = schema_ensure(&side->store, true, tell_notice, memory, err);
	}
	if (st == OK)
		tell_message("NOTICE", "node record would be %s for node \"%s\" (ID: %d)",
			     node_rows_find(&registry->side[0].rows, entry->row.record.id) != NULL
				     ? "updated"
				     : "created",
			     entry->row.record.name, entry->row.record.id);
	return st;
}

static void tell_done(const struct registry *registry, const struct entry *entry)
{
	const struct node_record *node = &entry->row.record;
	char memory[2 * CONNINFO_MAX];
	struct strbuf conninfo = STRBUF(memory);

	if (node_rows_find(&registry->side[0].rows, node->id) == NULL)
		tell_message("NOTICE", "%s", entry->details);
	secret_mask(&conninfo, node->conninfo);
	tell_message("NOTICE", "BDR node %d registered (conninfo: %s)", node->id, memory);
}

static enum status run(struct registry *registry, struct entry *entry, struct error *err)
{
	enum status st = open_other(registry, err);

	if (st != OK)
		return st;
	entry->row = own_row(registry);
	st = check(registry, &entry->row, err);
	if (st != OK)
		return st;
	if (registry->arguments->dry_run)
		return rehearse(registry, entry, err);
	fill_events(entry, registry);
	st = registry_rows_travel(registry) ? write_shared(registry, entry, err)
					    : write_both(registry, entry, err);
	if (st == OK)
		tell_done(registry, entry);
	return st;
}

int cmd_register(const struct arguments *arguments)
{
	struct registry registry;
	struct entry entry = { 0 };
	struct error err;
	int code = EXIT_CODE_OK;

	enum status st = registry_open(arguments, &registry, &err);
	if (st == OK)
		st = run(&registry, &entry, &err);
	if (st != OK)
		code = registry_fail(&registry, st, &err);
	registry_close(&registry);
	return code;
}
