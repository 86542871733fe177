/* SPDX-License-Identifier: PostgreSQL */
/* unregister: take a node out of repmgr.nodes, on both nodes as far as they can be reached:
 * the node to be taken out may be gone for good. */
#include "commands.h"

#include "bdrmon/strbuf.h"
#include "registry.h"

static enum status find_row(const struct registry *registry, int id, const struct node_row **row,
			    struct error *err)
{
	const struct side *local = &registry->side[0];

	if (!local->has_rows)
		return error_set(err, ERR_CONFIG, "repmgr is not installed on database \"%s\"",
				 local->database);
	*row = node_rows_find(&local->rows, id);
	if (*row == NULL)
		return error_set(err, ERR_CONFIG, "no record found for node %d", id);
	return OK;
}

static enum status erase(struct side *side, int id, const struct event_row *event,
			 struct error *err)
{
	struct store *store = &side->store;
	enum status st = store_begin(store);

	if (st == OK) {
		st = nodes_delete(store, id);
		if (st == OK)
			st = events_add(store, event);
		st = store_end(store, st);
	}
	if (st != OK)
		error_set(err, st,
			  "could not delete the record of node %d on node \"%s\" (ID: %d): %s", id,
			  side->node.name, side->node.id, store->failure.reason);
	return st;
}

/* Gives OK also if the other node cannot be reached: that is told, and it is no error. */
static enum status erase_on_other(struct registry *registry, int id, const struct event_row *event,
				  struct error *err)
{
	struct side *other = &registry->side[1];
	struct error why;

	if (registry_open_other(registry, &why) != OK) {
		if (other->node.id != 0)
			tell_message("WARNING",
				     "the record of node %d remains on node \"%s\" (ID: %d): %s",
				     id, other->node.name, other->node.id, why.text);
		return OK;
	}
	if (!other->has_rows ||
	    (registry_rows_travel(registry) && registry_wait_row(registry, id, false)))
		return OK;
	return erase(other, id, event, err);
}

static enum status run(struct registry *registry, struct error *err)
{
	const struct arguments *arguments = registry->arguments;
	int own_id = registry->side[0].node.id;
	int id = arguments->node_id != 0 ? arguments->node_id : own_id;
	char memory[ERROR_TEXT_MAX], when[CLOCK_TIMESTAMP_MAX];
	struct strbuf details = STRBUF(memory);
	const struct node_row *row = NULL;

	enum status st = find_row(registry, id, &row, err);
	if (st != OK)
		return st;
	if (arguments->dry_run) {
		tell_message("NOTICE", "node record would be deleted for node \"%s\" (ID: %d)",
			     row->record.name, id);
		return OK;
	}
	strbuf_printf(&details, "node record deleted for node \"%s\" (ID: %d)", row->record.name,
		      id);
	clock_timestamp(when);
	const struct event_row event = { own_id, "bdr_unregister", true, when, memory };
	st = erase(&registry->side[0], id, &event, err);
	if (st == OK)
		st = erase_on_other(registry, id, &event, err);
	if (st == OK)
		tell_message("NOTICE", "bdr node \"%s\" (ID: %d) successfully unregistered",
			     row->record.name, id);
	return st;
}

int cmd_unregister(const struct arguments *arguments)
{
	struct registry registry;
	struct error err;
	int code = EXIT_CODE_OK;

	enum status st = registry_open(arguments, &registry, &err);
	if (st == OK)
		st = run(&registry, &err);
	if (st != OK)
		code = registry_fail(&registry, st, &err);
	registry_close(&registry);
	return code;
}
