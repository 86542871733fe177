/* SPDX-License-Identifier: PostgreSQL */
/* From the configuration of a proxy and the records of the nodes to what src/proxy must know. */
#include "proxy_worker.h"

#include "bdrmon/conninfo.h"
#include "bdrmon/strbuf.h"

#include <string.h>

/* The address that bdrmon uses itself, if the proxy has no other. */
static enum status find_target(const struct pgbouncer_config *config,
			       const struct node_record *node, struct target *target,
			       struct error *err)
{
	if (config_target(config, node->name, target->host, target->port))
		return OK;
	conninfo_place(node->conninfo, target->host, sizeof target->host);
	if (!conninfo_value(node->conninfo, "port", target->port, sizeof target->port))
		COPY_TEXT(target->port, "5432");
	if (target->host[0] != '\0' && target->host[0] != '/' && target->host[0] != '@')
		return OK;
	error_set(err, ERR_CONFIG,
		  "it is not known how proxy \"%s\" reaches node \"%s\": the node's conninfo has "
		  "no host",
		  config->name, node->name);
	error_hint(err, "Set \"targets\" in section [pgbouncer %s], for example %s=10.0.0.1:5432.",
		   config->name, node->name);
	return ERR_CONFIG;
}

static enum status set_aliases(const struct proxy_worker_order *order,
			       struct proxy_aliases *aliases, struct error *err)
{
	enum status st = OK;

	aliases->count = config_aliases(&order->config, aliases->name);
	for (unsigned i = 0; i < NODES && st == OK; i++) {
		const struct node_record *node = &order->node[i];
		aliases->id[i] = node->id;
		proxy_probe_alias(node->name, node->id, aliases->probe[i]);
		st = find_target(&order->config, node, &aliases->target[i], err);
	}
	return st;
}

static enum status set_place(const struct proxy_worker_order *order, struct file_place *place,
			     struct error *err)
{
	const struct pgbouncer_config *config = &order->config;

	COPY_TEXT(place->file, config->file);
	COPY_TEXT(place->command, config->command);
	if (config->ssh[0] == '\0')
		return OK;
	return file_place_ssh(config->ssh, order->directory, place->command, err);
}

enum status proxy_worker_setup(const struct proxy_worker_order *order, struct proxy_setup *setup,
			       struct error *err)
{
	const struct pgbouncer_config *config = &order->config;

	*setup = (struct proxy_setup) { .eyes = order->eyes,
					.move = order->move,
					.interval_ms = order->interval_ms,
					.fresh_ms = order->fresh_ms,
					.hold_max_ms = order->hold_max_ms };
	setup->move.test_ms = order->timeout_ms;
	COPY_TEXT(setup->name, config->name);
	COPY_TEXT(setup->conninfo, config->conninfo);
	COPY_TEXT(setup->probe_conninfo, config->probe_conninfo);
	enum status st = set_place(order, &setup->place, err);
	return st == OK ? set_aliases(order, &setup->aliases, err) : st;
}
