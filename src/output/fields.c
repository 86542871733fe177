/* SPDX-License-Identifier: PostgreSQL */
#include "fields.h"

#include "bdrmon/lookup.h"

#include <inttypes.h>

static struct report_value text(const char *text)
{
	return (struct report_value) { .kind = text != NULL && text[0] != '\0' ? VALUE_TEXT
									       : VALUE_ABSENT,
				       .text = text };
}

static struct report_value integer(int64_t number)
{
	return (struct report_value) { .kind = VALUE_INTEGER, .number = number };
}

static struct report_value yes_no(bool yes)
{
	return (struct report_value) { .kind = VALUE_BOOL, .number = yes };
}

static struct report_value seconds(int64_t us)
{
	return (struct report_value) { .kind = VALUE_SECONDS, .number = us };
}

static const struct report_value absent = { .kind = VALUE_ABSENT };

/* --------------------------------------------------------------------- a node */

static struct report_value get_id(const struct report_node *node)
{
	return integer(node->id);
}

static struct report_value get_name(const struct report_node *node)
{
	return text(node->name);
}

static struct report_value get_health(const struct report_node *node)
{
	return text(node->rule == NULL ? NULL : health_name(node->health));
}

static struct report_value get_health_time(const struct report_node *node)
{
	return node->rule == NULL ? absent : seconds(node->health_ms * 1000);
}

static struct report_value get_outcome(const struct report_node *node)
{
	return text(outcome_name(node->result.outcome));
}

static struct report_value get_step(const struct report_node *node)
{
	return text(step_name(node->result.step));
}

static struct report_value get_reason(const struct report_node *node)
{
	return text(node->result.reason);
}

static struct report_value get_time(const struct report_node *node)
{
	if (outcome_class(node->result.outcome) == CLASS_NOTHING)
		return absent;
	return seconds(us_between(node->result.asked, node->result.answered));
}

static struct report_value get_evidence(const struct report_node *node)
{
	return node->rule == NULL ? absent : seconds(node->evidence_ms * 1000);
}

static struct report_value get_failed(const struct report_node *node)
{
	return node->rule == NULL ? absent : yes_no(node->failed);
}

static struct report_value get_stage(const struct report_node *node)
{
	return text(node->stage);
}

static struct report_value get_replication(const struct report_node *node)
{
	return text(node->link.kind);
}

static struct report_value get_link_in(const struct report_node *node)
{
	return text(node->link.in);
}

static struct report_value get_link_out(const struct report_node *node)
{
	return text(node->link.out);
}

static struct report_value get_lag_bytes(const struct report_node *node)
{
	bool known = node->link.kind != NULL && node->link.lag_bytes >= 0;
	return known ? (struct report_value) { .kind = VALUE_BYTES, .number = node->link.lag_bytes }
		     : absent;
}

static struct report_value get_lag(const struct report_node *node)
{
	bool known = node->link.kind != NULL && node->link.lag_ms >= 0;
	return known ? seconds(node->link.lag_ms * 1000) : absent;
}

static struct report_value get_slot(const struct report_node *node)
{
	return text(node->link.slot);
}

static struct report_value get_conflicts(const struct report_node *node)
{
	bool counted = node->link.kind != NULL && node->link.conflicts >= 0;
	return counted ? integer(node->link.conflicts) : absent;
}

static struct report_value get_rule(const struct report_node *node)
{
	return text(node->rule);
}

static struct report_value get_would(const struct report_node *node)
{
	return text(node->would);
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

/* ----------------------------------------------------------------- the monitor */

static struct report_value get_monitor(const struct report_monitor *monitor)
{
	return text(monitor->name);
}

static struct report_value get_uptime(const struct report_monitor *monitor)
{
	return seconds(monitor->uptime_ms * 1000);
}

static struct report_value get_paused(const struct report_monitor *monitor)
{
	return yes_no(monitor->paused);
}

static struct report_value get_pause_left(const struct report_monitor *monitor)
{
	return monitor->paused && monitor->pause_left_ms >= 0
		       ? seconds(monitor->pause_left_ms * 1000)
		       : absent;
}

static struct report_value get_rival(const struct report_monitor *monitor)
{
	return yes_no(monitor->rival);
}

static struct report_value get_config(const struct report_monitor *monitor)
{
	return yes_no(monitor->config_rejected);
}

static struct report_value get_waiting(const struct report_monitor *monitor)
{
	return integer(monitor->commands_waiting);
}

static struct report_value get_running(const struct report_monitor *monitor)
{
	return integer(monitor->commands_running);
}

static struct report_value get_failed_commands(const struct report_monitor *monitor)
{
	return integer(monitor->commands_failed);
}

static struct report_value get_failover_pending(const struct report_monitor *monitor)
{
	return yes_no(monitor->failover_pending);
}

static struct report_value get_claim(const struct report_monitor *monitor)
{
	return yes_no(monitor->has_claim);
}

static struct report_value get_peers(const struct report_monitor *monitor)
{
	return integer(monitor->peers);
}

static struct report_value get_silent_peers(const struct report_monitor *monitor)
{
	unsigned silent = 0;

	for (unsigned i = 0; i < monitor->peers; i++)
		silent += monitor->peer[i].silent;
	return integer(silent);
}

static struct report_value get_arbiters(const struct report_monitor *monitor)
{
	return integer(monitor->arbiters);
}

static struct report_value get_silent_arbiters(const struct report_monitor *monitor)
{
	unsigned silent = 0;

	for (unsigned i = 0; i < monitor->arbiters; i++)
		silent += monitor->arbiter[i].silent;
	return integer(silent);
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

/* ------------------------------------------------------------------- printing */

void value_write_seconds(int64_t us, struct strbuf *out)
{
	strbuf_printf(out, "%" PRId64 ".%06" PRId64, us / 1000000, us % 1000000);
}

void value_write(const struct report_value *value, struct strbuf *out)
{
	switch (value->kind) {
	case VALUE_ABSENT:
		strbuf_add(out, "-");
		break;
	case VALUE_BOOL:
		strbuf_add(out, value->number ? "yes" : "no");
		break;
	case VALUE_INTEGER:
		strbuf_printf(out, "%" PRId64, value->number);
		break;
	case VALUE_BYTES:
		strbuf_printf(out, "%" PRId64 " B", value->number);
		break;
	case VALUE_SECONDS:
		if (value->number >= 10000000)
			strbuf_printf(out, "%" PRId64 " s", value->number / 1000000);
		else
			strbuf_printf(out, "%" PRId64 ".%03" PRId64 " s", value->number / 1000000,
				      value->number / 1000 % 1000);
		break;
	case VALUE_TEXT:
		strbuf_add(out, value->text);
		break;
	}
}
