/* SPDX-License-Identifier: PostgreSQL */
#include "policy.h"

#include "bdrmon/conninfo.h"
#include "bdrmon/strbuf.h"

static struct health_policy health_policy(const struct config *config)
{
	return (struct health_policy) {
		.attempts = config->failover.reconnect_attempts,
		.attempt_interval_ms = config->failover.reconnect_interval_ms,
		.interval_ms = config->probe.interval_ms,
		.restart_grace_ms = config->failover.restart_grace_ms,
		.recovery_hold_ms = config->failover.recovery_hold_ms,
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

struct worker_order policy_order(const struct config *config, unsigned node)
{
	struct worker_order order = {
		.node.id = config->node[node].id,
		.health = health_policy(config),
		.fresh_connection_interval_ms = config->probe.fresh_connection_interval_ms,
		.find_other = config->node[1 - node].id == 0,
	};
	COPY_TEXT(order.node.name, config->node[node].name);
	COPY_TEXT(order.node.conninfo, config->node[node].conninfo);
	return order;
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
