/* SPDX-License-Identifier: PostgreSQL */
#include "policy.h"

#include "bdrmon/conninfo.h"
#include "bdrmon/guard.h"
#include "bdrmon/log.h"
#include "bdrmon/strbuf.h"

#include <string.h>

/* Member by member, into memory that is all zero: a mailbox compares what is put into it byte by
 * byte, and a struct that is assigned may bring along anything between its members. */
static void set_health_policy(const struct config *config, struct health_policy *policy)
{
	policy->attempts = config->failover.reconnect_attempts;
	policy->attempt_interval_ms = config->failover.reconnect_interval_ms;
	policy->interval_ms = config->probe.interval_ms;
	policy->restart_grace_ms = config->failover.restart_grace_ms;
	policy->recovery_hold_ms = config->failover.recovery_hold_ms;
	policy->act_on = config->failover.act_on;
	policy->fast = config->failover.fast;
}

static void set_decide_policy(const struct config *config, struct decide_policy *policy)
{
	set_health_policy(config, &policy->health);
	policy->stale_ms = config->probe.stale_ms;
	policy->tilt_ms = config->failover.tilt_ms;
	policy->act_without_majority = config->failover.on_no_quorum == NO_QUORUM_ACT;
	policy->only[0] = config->failover.local_only && !config->local_none;
	policy->recovery_timeout_ms = config->failover.bdr_recovery_timeout_ms;
	policy->lease_ms = config->failover.lease_ms;
	policy->command_ms =
		config->executor.deadline_ms + config->executor.kill_after_ms + GUARD_GIVE_UP_MS;
	policy->max_failovers = (unsigned)config->failover.max_failovers;
	policy->write_window_ms = config->failover.write_window_ms;
	policy->keep_together = config->failover.keep_together;
	policy->failback = config->failover.failback == FAILBACK_AUTO;
	policy->early_pause = config->failover.early_pause;
}

struct known_place policy_known(const struct config *config)
{
	return (struct known_place) { config->state_directory, config->cluster,
				      config->node[0].id };
}

/* What is said of a connection string, with its place in the file. */
static enum status refuse(const struct config *config, int line, enum status st,
			  const struct error *found, struct error *err)
{
	error_set(err, st, "%s:%d: %s", config->file, line, found->text);
	error_hint(err, "%s", found->hint);
	return st;
}

static enum status configured_order(const struct config *config, unsigned node,
				    struct worker_order *order, struct error *err)
{
	const struct node_config *n = &config->node[node];
	struct node_record record = { .id = n->id };
	struct error found;

	COPY_TEXT(record.name, n->name);
	COPY_TEXT(record.conninfo, n->conninfo);
	enum status st = worker_order_node(order, &record, &found);
	return st == OK ? OK : refuse(config, n->conninfo_line, st, &found, err);
}

static enum status configured_arbiter(const struct config *config, unsigned i,
				      struct settings *settings, struct error *err)
{
	const struct arbiter_config *a = &config->arbiter[i];
	struct arbiter_order *order = &settings->arbiter[i];
	struct error found;

	*order = (struct arbiter_order) {
		.interval_ms = config->probe.interval_ms,
		.relay = { .settings = config_shared_hash(config) },
	};
	COPY_TEXT(order->name, a->name);
	COPY_TEXT(order->conninfo, a->conninfo);
	COPY_TEXT(order->cluster, config->cluster);
	COPY_TEXT(order->relay.monitor, config->monitor);
	COPY_TEXT(settings->arbiter_domain[i], a->domain);
	enum status st =
		worker_timeout(a->conninfo, config->probe.timeout_ms, &order->timeout_ms, &found);
	return st == OK ? OK : refuse(config, a->conninfo_line, st, &found, err);
}

static enum status configured_proxy(const struct config *config, unsigned i,
				    struct settings *settings, struct error *err)
{
	const struct pgbouncer_config *p = &config->pgbouncer[i];
	struct proxy_worker_order *order = &settings->proxy[i];
	struct error found;

	order->config = *p;
	if (p->probe_conninfo[0] == '\0')
		COPY_TEXT(order->config.probe_conninfo, p->conninfo);
	conninfo_place(p->conninfo, order->host, sizeof order->host);
	COPY_TEXT(order->directory, config->runtime_directory);
	order->interval_ms = config->probe.interval_ms;
	order->fresh_ms = config->probe.fresh_connection_interval_ms;
	order->hold_max_ms = config->failover.early_pause ? config->failover.early_pause_max_ms : 0;
	order->eyes =
		(struct proxy_eyes_policy) { settings->policy.health, settings->policy.stale_ms };
	order->move = (struct move_policy) { .retest_ms = config->failover.retest_ms,
					     .write_window_ms = config->failover.write_window_ms };
	enum status st =
		worker_timeout(p->conninfo, config->probe.timeout_ms, &order->timeout_ms, &found);
	if (st == OK)
		st = worker_timeout(order->config.probe_conninfo, order->timeout_ms,
				    &order->timeout_ms, &found);
	return st == OK ? OK : refuse(config, p->conninfo_line, st, &found, err);
}

/* What was kept is only a help: if it is of no use, repmgr.nodes will tell. */
static void known_order(const struct config *config, struct worker_order *order)
{
	struct known_place place = policy_known(config);
	struct node_record kept = { 0 };
	struct error err;

	if (known_load(&place, &kept, &err) != OK)
		log_warning("%s", err.text);
	if (kept.id != 0)
		worker_order_node(order, &kept, &err);
}

enum status policy_settings(const struct config *config, struct settings *settings,
			    struct error *err)
{
	struct settings made;
	enum status st = OK;

	memset(&made, 0, sizeof made);
	set_decide_policy(config, &made.policy);
	made.local_none = config->local_none;
	made.max_lag_bytes = config->failover.recovery_max_lag_bytes;
	made.notify = config->notify;
	made.arbiters = config->arbiters;
	made.proxies = config->pgbouncers;

	COPY_TEXT(made.cluster, config->cluster);
	COPY_TEXT(made.monitor, config->monitor);
	COPY_TEXT(made.domain, config->domain);
	made.monitors = config_monitors(config, made.named);
	for (unsigned i = 0; i < NODES && st == OK; i++) {
		made.order[i] = (struct worker_order) {
			.health = made.policy.health,
			.configured_timeout_ms = config->probe.timeout_ms,
			.fresh_connection_interval_ms = config->probe.fresh_connection_interval_ms,
			.repl = config_repl_kind(config),
			.write = config->probe.write,
			.find_other = config->node[1 - i].id == 0,
			.relay = { .settings = config_shared_hash(config),
				   .recent_ms = config->failover.max_failovers_within_ms },
		};
		COPY_TEXT(made.order[i].relay.monitor, config->monitor);
		if (config->node[i].id != 0)
			st = configured_order(config, i, &made.order[i], err);
		else
			known_order(config, &made.order[i]);
	}
	for (unsigned i = 0; i < config->arbiters && st == OK; i++)
		st = configured_arbiter(config, i, &made, err);
	for (unsigned i = 0; i < config->pgbouncers && st == OK; i++)
		st = configured_proxy(config, i, &made, err);
	if (st == OK)
		*settings = made;
	return st;
}
