/* SPDX-License-Identifier: PostgreSQL */
#include "desk.h"
#include "links.h"
#include "names.h"

#include <string.h>

#define ACTIVATE_AGAIN_MS 1000

/* ----------------------------------------------------------------- the workers */

void carry_order(struct desk *desk, unsigned node)
{
	worker_tell(&desk->decider->worker[node], &desk->settings.order[node]);
}

/* What the worker is to tell the others. */
static void fill_relay(const struct desk *desk, const struct view *view, bool hurry,
		       struct relay_order *relay)
{
	relay->generation = desk->generation;
	relay->peers = desk->places.peers;
	memcpy(relay->peer, desk->places.peer, sizeof relay->peer);
	for (unsigned i = 0; i < NODES; i++) {
		relay->id[i] = desk->settings.order[i].node.id;
		relay->sight[i] = view_relay(view, i, &desk->settings.policy);
	}
	relay->hurry = hurry;
}

/* Under the claim, too, nothing must wait for what is to be read. */
static bool in_hurry(const struct decision *decision)
{
	return decision->hurry || decision->claim;
}

static void tell_workers(struct desk *desk, const struct view *view,
			 const struct decision *decision)
{
	for (unsigned i = 0; i < NODES; i++) {
		struct worker_order *order = &desk->settings.order[i];
		order->ask_after = instant_later(order->ask_after, decision->ask[i]);
		fill_relay(desk, view, in_hurry(decision), &order->relay);
		carry_order(desk, i);
	}
}

/* One that is not configured any more is told so, too. */
static void tell_arbiters(struct desk *desk, const struct view *view,
			  const struct decision *decision)
{
	struct settings *s = &desk->settings;

	for (unsigned i = 0; i < s->arbiters; i++) {
		struct arbiter_order *order = &s->arbiter[i];
		order->reserve = decision->reserve;
		order->give_up = decision->give_up[i];
		fill_relay(desk, view, in_hurry(decision), &order->relay);
	}
	if (s->arbiters > desk->arbiters)
		desk->arbiters = s->arbiters;
	for (unsigned i = 0; i < desk->arbiters; i++)
		arbiter_tell(&desk->decider->arbiter[i], &s->arbiter[i]);
}

/* The proxies' threads know the nodes by what their own workers know of them. */
static void tell_proxies(struct desk *desk, const struct view *view,
			 const struct decision *decision)
{
	struct settings *s = &desk->settings;

	for (unsigned i = 0; i < s->proxies; i++) {
		struct proxy_worker_order *order = &s->proxy[i];
		for (unsigned n = 0; n < NODES; n++) {
			order->node[n] = s->order[n].node;
			order->started_us[n] = view->node[n].started_us;
		}
		order->order = decision->order[i];
	}
	if (s->proxies > desk->proxies)
		desk->proxies = s->proxies;
	for (unsigned i = 0; i < desk->proxies; i++)
		proxy_worker_tell(&desk->decider->proxy[i], &s->proxy[i]);
}

/* --------------------------------------------------------------- the claimants */

/* Why, as JSON; nothing if it does not fit. */
static void write_evidence(const struct desk *desk, const struct decision *decision,
			   char evidence[EVIDENCE_TEXT_MAX])
{
	const struct worker_order *order = desk->settings.order;
	const char *const node[NODES] = { order[0].node.name, order[1].node.name };
	struct explain_names names = names_of(desk->settings.monitor, &desk->places, node);
	struct strbuf out = strbuf_over(evidence, EVIDENCE_TEXT_MAX);

	explain_json(decision, &names, &out);
	if (out.cut)
		evidence[0] = '\0';
}

/* The event that belongs to a stage of the failure of NODE. */
static void add_event(struct desk *desk, const struct announcer *announcer,
		      struct claimant_order *order)
{
	const struct record_order *record = &order->record;
	unsigned failed = other_node(record->recorder);
	enum event_kind event =
		record->stage == STAGE_DONE ? EVENT_BDR_FAILOVER : EVENT_BDR_RECOVERY;

	order->tells = record->stage == STAGE_DONE || record->stage == STAGE_CLOSED;
	if (!order->tells)
		return;
	/* Another monitor has announced it, and did not come to write it. */
	if (desk->recorded[failed].timestamp[0] == '\0' || desk->recorded[failed].event != event)
		announce_again(announcer, event, failed, &desk->recorded[failed]);
	order->event = desk->recorded[failed];
	order->event.success = record->stage == STAGE_CLOSED || record->success;
}

static void fill_claimant(struct desk *desk, const struct view *view,
			  const struct decision *decision, unsigned node,
			  struct claimant_order *order)
{
	const struct settings *s = &desk->settings;

	*order = (struct claimant_order) {
		.node = s->order[node].node,
		.failed_id = s->order[other_node(node)].node.id,
		.reachable = view->node[node].last.outcome == OUTCOME_OK &&
			     desk->cell[node].noticed.tables == TABLES_THERE,
		.repl = desk->cell[node].repl.setup.kind,
		.lease_ms = s->policy.lease_ms,
		.limit_ms = s->policy.command_ms + s->policy.lease_ms,
		.wanted = decision->claim && other_node(decision->claim_failed) == node,
		.acknowledge = decision->acknowledge,
	};
	COPY_TEXT(order->monitor, s->monitor);
	if (order->wanted && decision->record.wanted && decision->record.recorder == node)
		order->record = decision->record;
}

static void tell_claimants(struct desk *desk, const struct announcer *announcer,
			   const struct view *view, const struct decision *decision)
{
	for (unsigned i = 0; i < NODES; i++) {
		struct claimant_order *order = &desk->claimant[i];
		unsigned failed = other_node(i);

		fill_claimant(desk, view, decision, i, order);
		if (order->record.wanted)
			add_event(desk, announcer, order);
		else if (!order->wanted)
			desk->recorded[failed] = (struct row) { 0 };
		if (order->record.wanted && order->record.stage == STAGE_CLAIMED)
			write_evidence(desk, decision, order->evidence);
		claimant_tell(&desk->decider->claimant[i], order);
	}
}

/* ------------------------------------------------------------------ the scribe */

/* What repmgr.nodes should say of NODE. Of a failure that is recorded only who has the claim
 * knows better: two monitors that both wrote it down would undo each other's words. */
static enum active_flag flag_of(const struct desk *desk, const struct view *view,
				const struct decision *decision, unsigned node)
{
	bool quiet = view->rival || view->crowded || instant_is_set(desk->memory.late) ||
		     instant_before(view->made, view->word.paused_until);
	bool level = !desk->settings.policy.watches_links || instant_is_set(view->node[node].level);
	bool recorded = record_open(&view->record[other_node(node)]);

	if (decision->activate[node])
		return FLAG_ACTIVE;
	if (quiet || recorded)
		return FLAG_AS_IT_IS;
	if (desk->memory.node[node].failed)
		return FLAG_FAILED;
	/* What somebody else has written is true no more if all is well. */
	return view->node[0].last.outcome == OUTCOME_OK &&
			       view->node[1].last.outcome == OUTCOME_OK && level
		       ? FLAG_WELL
		       : FLAG_AS_IT_IS;
}

static enum reach reach_of(const struct observation *o)
{
	if (o->last.outcome == OUTCOME_NONE)
		return NOT_ASKED;
	return o->last.outcome == OUTCOME_OK ? ANSWERS : SILENT;
}

/* As long as a node is to be active and does not read so, it is written again. */
static bool activate_again(struct desk *desk, const struct view *view,
			   const struct decision *decision)
{
	bool wanted = decision->activate[0] || decision->activate[1];
	bool due = ms_between(desk->activated, view->made) >= ACTIVATE_AGAIN_MS;

	if (wanted && due)
		desk->activated = view->made;
	return wanted && due;
}

static void tell_scribe(struct desk *desk, const struct view *view, const struct decision *decision)
{
	struct scribe_order order = { .timeout_ms = desk->settings.order[0].timeout_ms };

	order.poke = desk->settings.policy.watches_links && links_wait(view, desk->cell);
	for (unsigned i = 0; i < NODES; i++) {
		order.node[i] = desk->settings.order[i].node;
		order.reach[i] = reach_of(&view->node[i]);
		order.repl[i] = desk->cell[i].repl.setup.kind;
		order.tables[i] = desk->cell[i].noticed.tables;
		order.flag[i] = flag_of(desk, view, decision, i);
	}
	bool changed = memcmp(order.flag, desk->written.flag, sizeof order.flag) != 0 ||
		       activate_again(desk, view, decision);
	order.round = desk->written.round + changed;
	desk->written = order;
	scribe_tell(desk->decider->scribe, &order);
}

/* -------------------------------------------------------------------------- all */

static int64_t since_doubt_us(const struct view *view, unsigned node)
{
	struct instant doubt = view_doubt(view, node);
	return instant_is_set(doubt) ? us_between(doubt, view->made) : -1;
}

static void tell_rules(const struct announcer *announcer, const struct view *view,
		       const struct decision *decision)
{
	for (unsigned i = 0; i < NODES; i++) {
		if (decision->node[i].rule_changed)
			announce_rule(announcer, i, decision->node[i].rule);
		if (decision->node[i].stage_changed)
			announce_stage(announcer, i, decision->node[i].stage,
				       since_doubt_us(view, i));
	}
}

void carry_out(struct desk *desk, const struct view *view, const struct decision *decision)
{
	struct decider *d = desk->decider;
	struct announcer announcer = { &desk->settings, d->executor, d->scribe, desk->cell,
				       desk->settings.policy.claims ? desk->recorded : NULL };

	tell_rules(&announcer, view, decision);
	for (unsigned i = 0; i < decision->actions; i++)
		announce_action(&announcer, &decision->action[i]);
	tell_workers(desk, view, decision);
	tell_arbiters(desk, view, decision);
	tell_proxies(desk, view, decision);
	tell_claimants(desk, &announcer, view, decision);
	tell_scribe(desk, view, decision);
}
