/* SPDX-License-Identifier: PostgreSQL */
#include "policy.h"

#include "bdrmon/conninfo.h"
#include "bdrmon/strbuf.h"

#include <string.h>

static struct health_policy health_policy(const struct config *config)
{
	return (struct health_policy) {
		.attempts = config->failover.reconnect_attempts,
		.attempt_interval_ms = config->failover.reconnect_interval_ms,
		.interval_ms = config->probe.interval_ms,
		.restart_grace_ms = config->failover.restart_grace_ms,
		.recovery_hold_ms = config->failover.recovery_hold_ms,
		.act_on = config->failover.act_on,
		.fast = config->failover.fast,
	};
}

struct decide_policy policy_decide(const struct config *config)
{
	return (struct decide_policy) {
		.health = health_policy(config),
		.stale_ms = config->probe.stale_ms,
		.tilt_ms = config->failover.tilt_ms,
		.act_without_majority = config->failover.on_no_quorum == NO_QUORUM_ACT,
	};
}

enum status policy_timeout_ms(const struct config *config, const char *conninfo,
			      int64_t *timeout_ms, struct error *err)
{
	int64_t connect_timeout_ms;
	enum status st = conninfo_check(conninfo, &connect_timeout_ms, err);
	if (st != OK)
		return st;
	*timeout_ms = config->probe.timeout_ms;
	if (connect_timeout_ms > 0 && connect_timeout_ms < *timeout_ms)
		*timeout_ms = connect_timeout_ms;
	return OK;
}

struct known_place policy_known(const struct config *config)
{
	return (struct known_place) { config->state_directory, config->cluster,
				      config->node[0].id };
}

static enum status configured_order(const struct config *config, unsigned node,
				    struct worker_order *order, struct error *err)
{
	const struct node_config *n = &config->node[node];
	struct error found;

	order->node.id = n->id;
	COPY_TEXT(order->node.name, n->name);
	COPY_TEXT(order->node.conninfo, n->conninfo);
	enum status st = policy_timeout_ms(config, n->conninfo, &order->timeout_ms, &found);
	if (st != OK) {
		error_set(err, st, "%s:%d: %s", config->file, n->conninfo_line, found.text);
		error_hint(err, "%s", found.hint);
	}
	return st;
}

/* What was kept is only a help: if it is of no use, repmgr.nodes will tell. */
static void known_order(const struct config *config, struct worker_order *order)
{
	struct known_place place = policy_known(config);
	struct node_record kept;
	struct error unused;

	if (known_load(&place, &kept) &&
	    policy_timeout_ms(config, kept.conninfo, &order->timeout_ms, &unused) == OK)
		order->node = kept;
}

enum status policy_orders(const struct config *config, struct worker_order order[NODES],
			  struct error *err)
{
	struct worker_order made[NODES];
	enum status st = OK;

	for (unsigned i = 0; i < NODES && st == OK; i++) {
		made[i] = (struct worker_order) {
			.health = health_policy(config),
			.fresh_connection_interval_ms = config->probe.fresh_connection_interval_ms,
			.find_other = config->node[1 - i].id == 0,
		};
		if (config->node[i].id != 0)
			st = configured_order(config, i, &made[i], err);
		else
			known_order(config, &made[i]);
	}
	if (st == OK)
		memcpy(order, made, sizeof made);
	return st;
}
