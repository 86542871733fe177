/* SPDX-License-Identifier: PostgreSQL */
/* From what the threads know to a report. */
#include "bdrmon/control.h"

#include "bdrmon/clock.h"

#include <string.h>

static int64_t since_ms(struct instant then, struct instant now)
{
	return instant_is_set(then) ? ms_between(then, now) : 0;
}

static void report_node(const struct cluster_node *seen, struct instant now,
			struct report_node *node)
{
	const struct observation *o = &seen->observation;

	*node = (struct report_node) {
		.id = seen->node.id,
		.name = seen->node.name,
		.result = o->last,
		.health = seen->health,
		.health_ms = since_ms(o->history.since, now),
		.evidence_ms = since_ms(o->last.asked, now),
		.failed = seen->failed,
		.stage = seen->stage == STAGE_NONE ? NULL : stage_name(seen->stage),
		.not_recordable = !seen->recordable,
		.rule = seen->rule == NULL ? NULL : seen->rule->name,
		.would = seen->would == NULL ? NULL : seen->would->name,
	};
}

/* What the facts say that its rule goes by. */
static void report_facts(const struct cluster_proxy *seen, struct report_proxy *proxy)
{
	proxy->rule = seen->rule->name;
	proxy->use = seen->facts.x == X_UP     ? USE_YES
		     : seen->facts.x == X_DOWN ? USE_NO
					       : USE_UNKNOWN;
	proxy->other_usable = seen->facts.y != Y_NOT;
	proxy->wants_move = seen->rule->then != MOVE_NONE;
	proxy->fenced = seen->rule->then == MOVE_FENCE;
	proxy->differs = seen->facts.differs == YES && seen->facts.loading == NO;
}

static void report_proxy(const struct cluster_sight *sight, const struct cluster_proxy *seen,
			 struct instant now, struct report_proxy *proxy)
{
	*proxy = (struct report_proxy) {
		.name = seen->name,
		.node = seen->route < NODES ? sight->node[seen->route].node.name : NULL,
		.moving = seen->moving,
		.silent = seen->silent,
		.reason = seen->reason,
		.one_eyed = seen->one_eyed,
		.odd = seen->odd,
		.file_reason = seen->file_reason,
		.move_reason = seen->move_reason,
		.epoch = seen->epoch,
		.moves = seen->moves,
	};
	if (seen->rule != NULL)
		report_facts(seen, proxy);
	for (unsigned i = 0; i < NODES; i++) {
		const struct node_record *node = &sight->node[i].node;
		struct instant asked = seen->sight[i].asked;
		proxy->sees[i] = (struct report_sight) {
			.node = node->id != 0 ? node->name : NULL,
			.health = seen->sight[i].health,
			.age_ms = instant_is_set(asked) ? ms_between(asked, now) : -1,
		};
	}
}

void control_report(struct cluster *cluster, const struct control_facts *facts,
		    struct cluster_sight *sight, struct report *report)
{
	cluster_look(cluster, sight);
	/* Nothing that was seen is younger than that. */
	struct instant now = clock_now();
	memset(report, 0, sizeof *report);
	report->cluster = facts->cluster;
	report->monitor_wanted = true;
	report->monitor = (struct report_monitor) {
		.here = true,
		.name = facts->monitor,
		.uptime_ms = since_ms(sight->started, now),
		.paused = instant_before(now, sight->paused_until),
		.rival = sight->rival,
		.config_rejected = facts->config_rejected,
		.commands_waiting = sight->commands.waiting,
		.commands_running = sight->commands.running,
		.commands_failed = (unsigned)sight->commands.failed,
		.failover_pending =
			sight->commands.failovers_pending > 0 || sight->commands.failover_failed,
		.has_claim = sight->has_claim,
		.peers = sight->peers,
		.arbiters = sight->arbiters,
	};
	for (unsigned i = 0; i < sight->peers; i++)
		report->monitor.peer[i] =
			(struct report_peer) { sight->peer[i].name, sight->peer[i].silent,
					       sight->peer[i].settings_differ };
	for (unsigned i = 0; i < sight->arbiters; i++)
		report->monitor.arbiter[i] =
			(struct report_arbiter) { sight->arbiter[i].name, sight->arbiter[i].silent,
						  sight->arbiter[i].reason };
	report->proxies = sight->proxies;
	for (unsigned i = 0; i < sight->proxies; i++)
		report_proxy(sight, &sight->proxy[i], now, &report->proxy[i]);
	report->monitor.pause_left_ms =
		sight->paused_until.us == FOR_EVER.us ? -1 : ms_between(now, sight->paused_until);
	for (unsigned i = 0; i < NODES; i++) {
		enum stage stage = sight->node[i].stage;
		report->monitor.failover_pending |=
			stage == STAGE_CLAIMED || stage == STAGE_COMMANDED;
		report_node(&sight->node[i], now, &report->node[i]);
		control_link(&sight->node[i].repl, &sight->node[1 - i].repl, sight->max_lag_bytes,
			     &report->node[i].link);
		if (report->node[i].id == 0)
			report->missing = sight->node[i].missing.text;
	}
}
