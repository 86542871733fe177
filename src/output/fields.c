/* SPDX-License-Identifier: PostgreSQL */
#include "fields.h"

#include "bdrmon/lookup.h"

/* --------------------------------------------------------------------- a node */

static struct report_value get_id(const struct report_node *node)
{
	return value_integer(node->id);
}

static struct report_value get_name(const struct report_node *node)
{
	return value_text(node->name);
}

static struct report_value get_health(const struct report_node *node)
{
	return value_text(node->rule == NULL ? NULL : health_name(node->health));
}

static struct report_value get_health_time(const struct report_node *node)
{
	return node->rule == NULL ? value_absent : value_seconds(node->health_ms * 1000);
}

static struct report_value get_outcome(const struct report_node *node)
{
	return value_text(outcome_name(node->result.outcome));
}

static struct report_value get_step(const struct report_node *node)
{
	return value_text(step_name(node->result.step));
}

static struct report_value get_reason(const struct report_node *node)
{
	return value_text(node->result.reason);
}

static struct report_value get_time(const struct report_node *node)
{
	if (outcome_class(node->result.outcome) == CLASS_NOTHING)
		return value_absent;
	return value_seconds(us_between(node->result.asked, node->result.answered));
}

static struct report_value get_evidence(const struct report_node *node)
{
	return node->rule == NULL ? value_absent : value_seconds(node->evidence_ms * 1000);
}

static struct report_value get_failed(const struct report_node *node)
{
	return node->rule == NULL ? value_absent : value_bool(node->failed);
}

static struct report_value get_stage(const struct report_node *node)
{
	return value_text(node->stage);
}

static struct report_value get_replication(const struct report_node *node)
{
	return value_text(node->link.kind);
}

static struct report_value get_link_in(const struct report_node *node)
{
	return value_text(node->link.in);
}

static struct report_value get_link_out(const struct report_node *node)
{
	return value_text(node->link.out);
}

static struct report_value get_lag_bytes(const struct report_node *node)
{
	bool known = node->link.kind != NULL && node->link.lag_bytes >= 0;
	return known ? value_bytes(node->link.lag_bytes) : value_absent;
}

static struct report_value get_lag(const struct report_node *node)
{
	bool known = node->link.kind != NULL && node->link.lag_ms >= 0;
	return known ? value_seconds(node->link.lag_ms * 1000) : value_absent;
}

static struct report_value get_slot(const struct report_node *node)
{
	return value_text(node->link.slot);
}

static struct report_value get_conflicts(const struct report_node *node)
{
	bool counted = node->link.kind != NULL && node->link.conflicts >= 0;
	return counted ? value_integer(node->link.conflicts) : value_absent;
}

static struct report_value get_rule(const struct report_node *node)
{
	return value_text(node->rule);
}

static struct report_value get_would(const struct report_node *node)
{
	return value_text(node->would);
}

const struct node_field node_fields[] = {
	{ "id", "ID", false, get_id },
	{ "name", "Name", false, get_name },
	{ "health", "Health", false, get_health },
	{ "health_seconds", "For", false, get_health_time },
	{ "outcome", "Outcome", false, get_outcome },
	{ "step", NULL, false, get_step },
	{ "time", "Time", true, get_time },
	{ "evidence_seconds", "Age", false, get_evidence },
	{ "failed", "Failed", false, get_failed },
	{ "stage", NULL, false, get_stage },
	{ "replication", NULL, false, get_replication },
	{ "link_in", "In", false, get_link_in },
	{ "link_out", "Out", false, get_link_out },
	{ "lag_bytes", "Lag", true, get_lag_bytes },
	{ "lag", NULL, true, get_lag },
	{ "slot", NULL, false, get_slot },
	{ "conflicts", NULL, false, get_conflicts },
	{ "rule", "Rule", false, get_rule },
	{ "rule_without_pause", NULL, false, get_would },
	{ "reason", "Reason", false, get_reason },
};
const unsigned node_field_count = ARRAY_LEN(node_fields);

/* -------------------------------------------------------------------- a proxy */

static struct report_value get_proxy_name(const struct report_proxy *proxy)
{
	return value_text(proxy->name);
}

static struct report_value get_node(const struct report_proxy *proxy)
{
	return value_text(proxy->node);
}

/* The one word that says most. */
static struct report_value get_proxy_state(const struct report_proxy *proxy)
{
	if (proxy->moving)
		return value_text("moving");
	if (proxy->silent)
		return value_text("unreachable");
	return value_text(proxy->rule != NULL ? proxy->rule : "unknown");
}

static struct report_value get_proxy_rule(const struct report_proxy *proxy)
{
	return value_text(proxy->rule);
}

static struct report_value get_usable(const struct report_proxy *proxy)
{
	return proxy->use == USE_UNKNOWN ? value_absent : value_bool(proxy->use == USE_YES);
}

static struct report_value get_sees(const struct report_proxy *proxy)
{
	bool known = proxy->sees[0].node != NULL || proxy->sees[1].node != NULL;
	return known ? (struct report_value) { .kind = VALUE_SIGHTS, .sights = proxy->sees }
		     : value_absent;
}

static struct report_value get_answers(const struct report_proxy *proxy)
{
	return value_bool(!proxy->silent);
}

static struct report_value get_moving(const struct report_proxy *proxy)
{
	return value_bool(proxy->moving);
}

static struct report_value get_epoch(const struct report_proxy *proxy)
{
	return proxy->epoch == 0 ? value_absent : value_integer((int64_t)proxy->epoch);
}

static struct report_value get_moves(const struct report_proxy *proxy)
{
	return value_integer(proxy->moves);
}

static struct report_value get_problem(const struct report_proxy *proxy)
{
	return value_text(proxy->problem);
}

const struct proxy_field proxy_fields[] = {
	{ "name", "Name", NULL, get_proxy_name },    { "node", "Node", "?", get_node },
	{ "state", "State", NULL, get_proxy_state }, { "rule", "Rule", NULL, get_proxy_rule },
	{ "usable", NULL, NULL, get_usable },        { "sees", "Sees", NULL, get_sees },
	{ "answers", NULL, NULL, get_answers },      { "moving", NULL, NULL, get_moving },
	{ "epoch", "Epoch", NULL, get_epoch },       { "moves", "Moves", NULL, get_moves },
	{ "problem", "Problem", NULL, get_problem },
};
const unsigned proxy_field_count = ARRAY_LEN(proxy_fields);

/* ----------------------------------------------------------------- the monitor */

static struct report_value get_monitor(const struct report_monitor *monitor)
{
	return value_text(monitor->name);
}

static struct report_value get_uptime(const struct report_monitor *monitor)
{
	return value_seconds(monitor->uptime_ms * 1000);
}

static struct report_value get_paused(const struct report_monitor *monitor)
{
	return value_bool(monitor->paused);
}

static struct report_value get_pause_left(const struct report_monitor *monitor)
{
	return monitor->paused && monitor->pause_left_ms >= 0
		       ? value_seconds(monitor->pause_left_ms * 1000)
		       : value_absent;
}

static struct report_value get_rival(const struct report_monitor *monitor)
{
	return value_bool(monitor->rival);
}

static struct report_value get_config(const struct report_monitor *monitor)
{
	return value_bool(monitor->config_rejected);
}

static struct report_value get_waiting(const struct report_monitor *monitor)
{
	return value_integer(monitor->commands_waiting);
}

static struct report_value get_running(const struct report_monitor *monitor)
{
	return value_integer(monitor->commands_running);
}

static struct report_value get_failed_commands(const struct report_monitor *monitor)
{
	return value_integer(monitor->commands_failed);
}

static struct report_value get_failover_pending(const struct report_monitor *monitor)
{
	return value_bool(monitor->failover_pending);
}

static struct report_value get_claim(const struct report_monitor *monitor)
{
	return value_bool(monitor->has_claim);
}

static struct report_value get_peers(const struct report_monitor *monitor)
{
	return value_integer(monitor->peers);
}

static struct report_value get_silent_peers(const struct report_monitor *monitor)
{
	unsigned silent = 0;

	for (unsigned i = 0; i < monitor->peers; i++)
		silent += monitor->peer[i].silent;
	return value_integer(silent);
}

static struct report_value get_arbiters(const struct report_monitor *monitor)
{
	return value_integer(monitor->arbiters);
}

static struct report_value get_silent_arbiters(const struct report_monitor *monitor)
{
	unsigned silent = 0;

	for (unsigned i = 0; i < monitor->arbiters; i++)
		silent += monitor->arbiter[i].silent;
	return value_integer(silent);
}

const struct monitor_field monitor_fields[] = {
	{ "name", "Monitor", get_monitor },
	{ "uptime_seconds", "Running for", get_uptime },
	{ "paused", "Paused", get_paused },
	{ "pause_left_seconds", "Pause ends in", get_pause_left },
	{ "repmgrd_running", "repmgrd is running", get_rival },
	{ "config_rejected", "Changed configuration rejected", get_config },
	{ "commands_waiting", "Commands that wait", get_waiting },
	{ "commands_running", "Commands that run", get_running },
	{ "commands_failed", "Commands that have failed", get_failed_commands },
	{ "failover_pending", "A failover's command is not done", get_failover_pending },
	{ "has_claim", "Has the claim", get_claim },
	{ "other_monitors", "Other monitors", get_peers },
	{ "silent_monitors", "Monitors that are silent", get_silent_peers },
	{ "arbiters", "Arbiters", get_arbiters },
	{ "silent_arbiters", "Arbiters that do not answer", get_silent_arbiters },
};
const unsigned monitor_field_count = ARRAY_LEN(monitor_fields);
