/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/report.h"

#include "bdrmon/lookup.h"
#include "proxies.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const char *const names[STATES] = {
	[STATE_OK] = "OK",
	[STATE_WARNING] = "WARNING",
	[STATE_CRITICAL] = "CRITICAL",
	[STATE_UNKNOWN] = "UNKNOWN",
};

const char *state_name(enum state state)
{
	assert(state < ARRAY_LEN(names));
	return names[state];
}

enum status report_limits_parse(const char *warning, const char *critical,
				struct report_limits *limits, struct error *err)
{
	struct report_limits got = { .warning_text = warning, .critical_text = critical };

	enum status st = range_parse(warning, &got.warning, err);
	if (st == OK)
		st = range_parse(critical, &got.critical, err);
	if (st == OK)
		*limits = got;
	return st;
}

/* ------------------------------------------------------------------- judgement */

/* A check says whether something is to be told, and writes what. NODE is one of the
 * two for checks of a node, and NULL for the others. */
typedef bool check_fn(const struct report *report, const struct report_node *node,
		      struct strbuf *reason);

static bool no_node_is_up(const struct report *report, const struct report_node *node,
			  struct strbuf *reason)
{
	(void)node;
	strbuf_add(reason, "no node is known to be up");
	return report->nodes_up == 0;
}

static bool too_many_down(const struct report *report, const struct range *range,
			  const char *range_text, struct strbuf *reason)
{
	strbuf_printf(reason, "number of nodes down is %u, outside the range %s",
		      report->nodes_down, range_text);
	return range_alerts(range, report->nodes_down);
}

static bool critically_many_down(const struct report *report, const struct report_node *node,
				 struct strbuf *reason)
{
	(void)node;
	return report->nodes_up > 0 && too_many_down(report, &report->limits.critical,
						     report->limits.critical_text, reason);
}

static bool failover_not_done(const struct report *report, const struct report_node *node,
			      struct strbuf *reason)
{
	(void)node;
	strbuf_add(reason, "the command of a failover is not done, or has failed");
	return report->monitor.failover_pending;
}

static bool node_in_trouble(const struct report *report, const struct report_node *node,
			    struct strbuf *reason)
{
	const struct probe_result *result = &node->result;

	(void)report;
	strbuf_printf(reason, "node \"%s\" (ID: %d) %s at %s: %s", node->name, node->id,
		      outcome_name(result->outcome), step_name(result->step), result->reason);
	return node->id != 0 && outcome_class(result->outcome) != CLASS_ALIVE;
}

static bool node_not_seen(const struct report *report, const struct report_node *node,
			  struct strbuf *reason)
{
	strbuf_printf(reason, "node \"%s\" (ID: %d) was last seen %" PRId64 " ms ago", node->name,
		      node->id, node->evidence_ms);
	return report->monitor.here && node->id != 0 && node->health == HEALTH_UNKNOWN &&
	       outcome_class(node->result.outcome) == CLASS_ALIVE;
}

static bool node_recovers(const struct report *report, const struct report_node *node,
			  struct strbuf *reason)
{
	strbuf_printf(reason,
		      "node \"%s\" (ID: %d) has failed and is up again, but has not "
		      "recovered yet",
		      node->name, node->id);
	return report->monitor.here && node->id != 0 &&
	       (node->failed || node->health == HEALTH_RECOVERING) &&
	       outcome_class(node->result.outcome) == CLASS_ALIVE;
}

static bool too_many_nodes(const struct report *report, const struct report_node *node,
			   struct strbuf *reason)
{
	(void)report;
	strbuf_printf(reason,
		      "repmgr can only support BDR 2.x clusters with 2 nodes: this BDR cluster "
		      "has %u nodes",
		      node->link.nodes);
	return node->link.nodes > NODES;
}

static bool slot_is_lost(const struct report *report, const struct report_node *node,
			 struct strbuf *reason)
{
	(void)report;
	strbuf_printf(reason,
		      "the replication slot on node \"%s\" (ID: %d) is lost: the other node "
		      "cannot catch up",
		      node->name, node->id);
	return node->link.slot != NULL && strcmp(node->link.slot, "lost") == 0;
}

static bool slot_is_at_risk(const struct report *report, const struct report_node *node,
			    struct strbuf *reason)
{
	(void)report;
	strbuf_printf(reason, "the replication slot on node \"%s\" (ID: %d) may be lost soon",
		      node->name, node->id);
	return node->link.slot != NULL && strcmp(node->link.slot, "at risk") == 0;
}

/* With a node down it does not replicate, and that is told already. */
static bool link_is_down(const struct report *report, const struct report_node *node,
			 struct strbuf *reason)
{
	strbuf_printf(reason, "node \"%s\" (ID: %d) does not receive what the other one writes",
		      node->name, node->id);
	return report->nodes_up == NODES && node->link.in != NULL &&
	       strcmp(node->link.in, "down") == 0;
}

static bool lags(const struct report *report, const struct report_node *node, struct strbuf *reason)
{
	(void)report;
	strbuf_printf(reason,
		      "node \"%s\" (ID: %d) lags behind by %" PRId64
		      " bytes, more than recovery_max_lag",
		      node->name, node->id, node->link.lag_bytes);
	return report->nodes_up == NODES && node->link.kind != NULL &&
	       node->link.lag_bytes > node->link.lag_max_bytes;
}

static bool node_not_known(const struct report *report, const struct report_node *node,
			   struct strbuf *reason)
{
	bool missing = report->missing != NULL && report->missing[0] != '\0';
	strbuf_printf(reason, "the other node is not known%s%s", missing ? ": " : "",
		      missing ? report->missing : "");
	return node->id == 0;
}

static bool some_down(const struct report *report, const struct report_node *node,
		      struct strbuf *reason)
{
	(void)node;
	/* That a node is down has its own line; this one is for unusual ranges. */
	return strcmp(report->limits.warning_text, NODES_DOWN_WARNING) != 0 &&
	       too_many_down(report, &report->limits.warning, report->limits.warning_text, reason);
}

static bool no_monitor(const struct report *report, const struct report_node *node,
		       struct strbuf *reason)
{
	(void)node;
	strbuf_add(reason, "no monitor runs here");
	return report->monitor_wanted && !report->monitor.here;
}

static bool peers_silent(const struct report *report, const struct report_node *node,
			 struct strbuf *reason)
{
	unsigned silent = 0;

	(void)node;
	for (unsigned i = 0; i < report->monitor.peers; i++) {
		const struct report_peer *peer = &report->monitor.peer[i];
		if (peer->silent)
			strbuf_printf(reason, "%s\"%s\"",
				      silent++ == 0 ? "nothing is heard of monitor " : ", ",
				      peer->name);
	}
	return silent > 0;
}

static bool arbiters_silent(const struct report *report, const struct report_node *node,
			    struct strbuf *reason)
{
	unsigned silent = 0;

	(void)node;
	for (unsigned i = 0; i < report->monitor.arbiters; i++) {
		const struct report_arbiter *arbiter = &report->monitor.arbiter[i];
		if (!arbiter->silent)
			continue;
		strbuf_printf(reason, "%sarbiter \"%s\" does not answer%s%s",
			      silent++ == 0 ? "" : ", ", arbiter->name,
			      arbiter->reason[0] != '\0' ? ": " : "", arbiter->reason);
	}
	return silent > 0;
}

static bool settings_differ(const struct report *report, const struct report_node *node,
			    struct strbuf *reason)
{
	bool differ = false;

	(void)node;
	for (unsigned i = 0; i < report->monitor.peers && !differ; i++) {
		differ = report->monitor.peer[i].settings_differ;
		if (differ)
			strbuf_printf(reason, "monitor \"%s\" has other settings than this one",
				      report->monitor.peer[i].name);
	}
	return differ;
}

static bool not_recordable(const struct report *report, const struct report_node *node,
			   struct strbuf *reason)
{
	(void)report;
	strbuf_printf(
		reason,
		"node \"%s\" (ID: %d) lacks table bdrmon.failure: each monitor acts by itself",
		node->name, node->id);
	return node->not_recordable && report->monitor.peers > 0 && !report->monitor.peer[0].silent;
}

static bool old_config(const struct report *report, const struct report_node *node,
		       struct strbuf *reason)
{
	(void)node;
	strbuf_add(reason, "the changed configuration was rejected, and the one before is in "
			   "force");
	return report->monitor.config_rejected;
}

static bool paused(const struct report *report, const struct report_node *node,
		   struct strbuf *reason)
{
	(void)node;
	strbuf_add(reason, "the monitor is paused");
	if (report->monitor.pause_left_ms >= 0)
		strbuf_printf(reason, " for %" PRId64 " s more",
			      report->monitor.pause_left_ms / 1000);
	return report->monitor.paused;
}

static bool rival_runs(const struct report *report, const struct report_node *node,
		       struct strbuf *reason)
{
	(void)node;
	strbuf_add(reason, "a repmgrd is running, and the monitor only watches");
	return report->monitor.rival;
}

static bool no_route_lives(const struct report *report, const struct report_node *node,
			   struct strbuf *reason)
{
	(void)node;
	strbuf_add(reason, "no proxy points to a node that can be used");
	return !proxies_live(report);
}

/* What is looked at, the gravest first. */
static const struct {
	enum state state;
	enum { OF_ALL, OF_NODE, OF_PROXY } of; /* OF_NODE: asked for each node */
	check_fn *check;                       /* NULL OF_PROXY: proxies_judge() has looked */
} checks[] = {
	{ STATE_UNKNOWN, OF_NODE, too_many_nodes },
	{ STATE_CRITICAL, OF_ALL, no_node_is_up },
	{ STATE_CRITICAL, OF_ALL, critically_many_down },
	{ STATE_CRITICAL, OF_ALL, failover_not_done },
	{ STATE_CRITICAL, OF_ALL, no_route_lives },
	{ STATE_CRITICAL, OF_PROXY, NULL },
	{ STATE_CRITICAL, OF_NODE, slot_is_lost },
	{ STATE_WARNING, OF_NODE, node_in_trouble },
	{ STATE_WARNING, OF_NODE, node_not_seen },
	{ STATE_WARNING, OF_NODE, node_recovers },
	{ STATE_WARNING, OF_NODE, link_is_down },
	{ STATE_WARNING, OF_NODE, lags },
	{ STATE_WARNING, OF_NODE, slot_is_at_risk },
	{ STATE_WARNING, OF_NODE, node_not_known },
	{ STATE_WARNING, OF_PROXY, NULL },
	{ STATE_WARNING, OF_ALL, some_down },
	{ STATE_WARNING, OF_ALL, no_monitor },
	{ STATE_WARNING, OF_ALL, paused },
	{ STATE_WARNING, OF_ALL, rival_runs },
	{ STATE_WARNING, OF_ALL, old_config },
	{ STATE_WARNING, OF_ALL, peers_silent },
	{ STATE_WARNING, OF_ALL, arbiters_silent },
	{ STATE_WARNING, OF_ALL, settings_differ },
	{ STATE_WARNING, OF_NODE, not_recordable },
};
_Static_assert(NODES *ARRAY_LEN(checks) + PROXIES_MAX <= REASONS_MAX,
	       "each check has room, for each node, and each proxy has one reason");

static void add_reason(struct report *report, enum state state, const char *reason)
{
	assert(report->reasons < REASONS_MAX);
	COPY_TEXT(report->reason[report->reasons], reason);
	report->reasons++;
	if (state > report->state)
		report->state = state;
}

static void run_check(struct report *report, enum state state, check_fn *check,
		      const struct report_node *node)
{
	char memory[REPORT_REASON_MAX];
	struct strbuf reason = STRBUF(memory);

	if (check(report, node, &reason))
		add_reason(report, state, memory);
}

static void tell_proxies(struct report *report, enum state state)
{
	for (unsigned i = 0; i < report->proxies; i++) {
		char memory[REPORT_REASON_MAX];
		struct strbuf reason = STRBUF(memory);
		if (report->proxy[i].state != state)
			continue;
		strbuf_printf(&reason, "proxy \"%s\" %s", report->proxy[i].name,
			      report->proxy[i].problem);
		add_reason(report, state, memory);
	}
}

static void count_nodes(struct report *report)
{
	report->nodes_up = report->nodes_down = 0;
	for (unsigned i = 0; i < NODES; i++) {
		enum outcome_class class = outcome_class(report->node[i].result.outcome);
		if (report->node[i].id == 0)
			continue;
		report->nodes_up += node_lives(&report->node[i]);
		report->nodes_down += class == CLASS_FAILED || class == CLASS_TRANSIENT;
	}
}

void report_judge(struct report *report, const struct report_limits *limits)
{
	static const struct report_limits defaults = {
		NODES_DOWN_WARNING, NODES_DOWN_CRITICAL, { .end = 0 }, { .end = 1 }
	};

	report->limits = limits != NULL ? *limits : defaults;
	report->state = STATE_OK;
	report->reasons = 0;
	count_nodes(report);
	proxies_judge(report);
	for (unsigned c = 0; c < ARRAY_LEN(checks); c++) {
		if (checks[c].of == OF_PROXY)
			tell_proxies(report, checks[c].state);
		if (checks[c].of == OF_ALL)
			run_check(report, checks[c].state, checks[c].check, NULL);
		for (unsigned i = 0; checks[c].of == OF_NODE && i < NODES; i++)
			run_check(report, checks[c].state, checks[c].check, &report->node[i]);
	}
}

void report_unknown(struct report *report, const char *cluster, const char *reason)
{
	*report = (struct report) { .cluster = cluster, .state = STATE_UNKNOWN, .reasons = 1 };
	COPY_TEXT(report->reason[0], reason);
}
