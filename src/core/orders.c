/* SPDX-License-Identifier: PostgreSQL */
#include "orders.h"

#include <assert.h>

static void act(const struct matter *m, struct action action)
{
	struct decision *d = m->decision;
	assert(d->actions < ACTIONS_MAX);
	d->action[d->actions++] = action;
}

/* How long NODE is in doubt. */
static int64_t doubt_ms(const struct matter *m, unsigned node)
{
	return ms_between(m->view->node[node].history.doubt_since, m->view->made);
}

static struct action failover(const struct matter *m, unsigned node)
{
	const struct explanation *why = &m->decision->node[node];
	return (struct action) {
		.event = EVENT_BDR_FAILOVER,
		.node = node,
		.rule = why->rule->name,
		.why = why->rule->why,
		.confirmed = why->facts.mandate == MANDATE_MAJORITY,
		.after_ms = doubt_ms(m, node),
	};
}

static void tell_recovery(const struct matter *m, unsigned node)
{
	struct node_memory *mine = &m->memory->node[node];
	const struct rule *rule = m->decision->node[node].rule;

	mine->failed = false;
	act(m, (struct action) { .event = EVENT_BDR_RECOVERY,
				 .node = node,
				 .rule = rule->name,
				 .why = rule->why,
				 .after_ms = ms_between(mine->failed_since, m->view->made) });
}

/* ----------------------------------------------------------------- the record */

/* The record as it is, but at another STAGE. */
static struct record_order *write(const struct matter *m, unsigned node, enum stage stage)
{
	const struct record *record = &m->view->record[other_node(node)];
	struct record_order *order = &m->decision->record;

	*order = (struct record_order) {
		.wanted = true,
		.recorder = other_node(node),
		.epoch = record->epoch,
		.stage = stage,
		.runs = record->runs,
	};
	return order;
}

static void begin_record(const struct matter *m, unsigned node)
{
	struct node_memory *mine = &m->memory->node[node];
	const struct record *record = &m->view->record[other_node(node)];

	/* The same one until it is written, whatever is read meanwhile; and a new one if
	 * the first was abandoned under the same claim. */
	if (mine->epoch <= record->epoch)
		mine->epoch = ++m->memory->epoch;
	struct record_order *order = write(m, node, STAGE_CLAIMED);
	order->epoch = mine->epoch;
	order->runs = 0;
	order->confirmed = m->decision->node[node].facts.mandate == MANDATE_MAJORITY;
	order->started_us = m->view->node[node].started_us;
}

static void run_command(const struct matter *m, unsigned node)
{
	const struct record *record = &m->view->record[other_node(node)];
	struct node_memory *mine = &m->memory->node[node];
	struct action action = failover(m, node);

	mine->started = record->epoch;
	mine->started_run = record->runs;
	action.epoch = record->epoch;
	action.run = record->runs;
	action.begin_before = instant_add_ms(record->sent, m->policy->lease_ms / 2);
	act(m, action);
}

/* What was sent before is too old to start a command by. */
static struct instant fresh_since(const struct matter *m)
{
	struct instant half_a_lease_ago = instant_add_ms(m->view->made, -m->policy->lease_ms / 2);
	return instant_add_us(half_a_lease_ago, 1);
}

static void close_record(const struct matter *m, unsigned node)
{
	struct record_order *order = write(m, node, STAGE_CLOSED);
	if (m->memory->node[node].recovered == order->epoch)
		return;
	m->memory->node[node].recovered = order->epoch;
	tell_recovery(m, node);
}

static void do_deed(const struct matter *m, unsigned node)
{
	const struct explanation *why = &m->decision->node[node];
	struct node_memory *mine = &m->memory->node[node];

	switch (why->stage->then) {
	case DEED_AT_ONCE:
		mine->failed = true;
		mine->failed_since = m->view->node[node].history.doubt_since;
		act(m, failover(m, node));
		break;
	case DEED_RECOVERED:
		tell_recovery(m, node);
		break;
	case DEED_RECORD:
		begin_record(m, node);
		break;
	case DEED_COMMAND:
		write(m, node, STAGE_COMMANDED)->runs++;
		break;
	case DEED_RENEW:
		write(m, node, STAGE_COMMANDED)->after = fresh_since(m);
		break;
	case DEED_RUN:
		run_command(m, node);
		break;
	case DEED_DONE:
		write(m, node, STAGE_DONE)->success =
			why->stage_facts.run == RUN_IS_OVER && m->view->run[node].success;
		break;
	case DEED_ABANDON:
		write(m, node, STAGE_ABANDONED);
		break;
	case DEED_ACTIVATE:
		m->decision->activate[node] = true;
		break;
	case DEED_CLOSE:
		close_record(m, node);
		break;
	default: /* a matter of the claim */
		break;
	}
}

/* ------------------------------------------------------------------ the node */

static void tell_reconnect(const struct matter *m, unsigned node)
{
	const struct history *history = &m->view->node[node].history;
	struct node_memory *mine = &m->memory->node[node];
	const struct rule *rule = m->decision->node[node].rule;

	if (history->reconnects == mine->reconnects)
		return;
	mine->reconnects = history->reconnects;
	if (m->decision->node[node].facts.failed != FAILED_NO) /* its recovery will be told */
		return;
	act(m, (struct action) { .event = EVENT_BDR_RECONNECT,
				 .node = node,
				 .rule = rule->name,
				 .why = rule->why,
				 .after_ms = history->reconnect_ms });
}

/* What is only to be told: once, until the node is well again. */
static void tell_rule(const struct matter *m, unsigned node)
{
	const struct explanation *why = &m->decision->node[node];
	struct node_memory *mine = &m->memory->node[node];
	unsigned count;
	uint32_t bit = (uint32_t)1 << (why->rule - rules_table(&count));

	if ((why->facts.subject & (SUBJECT_UP | SUBJECT_FAULTY)) != 0)
		mine->told = 0;
	if (!why->rule->tells || (mine->told & bit) != 0)
		return;
	mine->told |= bit;
	act(m, (struct action) { .event = why->rule->event,
				 .node = node,
				 .rule = why->rule->name,
				 .why = why->rule->why,
				 .after_ms = doubt_ms(m, node) });
}

/* All must have been asked since I began to doubt, and under the claim since I have it. */
static void ask(const struct matter *m, unsigned node)
{
	const struct history *history = &m->view->node[node].history;
	struct instant since = votes_since(m->view, node);
	struct instant *other = &m->decision->ask[other_node(node)];
	struct instant *own = &m->decision->ask[node];

	*other = instant_later(*other, instant_later(history->evidence, since));
	*own = instant_later(*own, since);
	m->decision->hurry = true;
}

/* Whoever has the claim waits for my evidence, which must be younger than his claim. */
static void stand_by(const struct matter *m, unsigned node)
{
	struct instant lately = instant_add_ms(m->view->made, -STAND_BY_MS);
	struct instant *own = &m->decision->ask[node];

	*own = instant_later(*own, lately);
	m->decision->hurry = true;
}

void order_node(const struct matter *m, unsigned node)
{
	enum verdict verdict = m->decision->node[node].rule->then;

	if (verdict == VERDICT_ASK || verdict == VERDICT_WAIT)
		ask(m, node);
	if (verdict == VERDICT_FAILOVER && m->decision->node[node].stage->then == DEED_CLAIM)
		stand_by(m, node);
	do_deed(m, node);
	tell_reconnect(m, node);
	tell_rule(m, node);
	if (instant_before(m->view->made, m->view->word.ack_until) &&
	    m->view->record[node].recent > 0)
		m->decision->acknowledge = true;
}

/* ------------------------------------------------------- claim and arbiters */

static bool needs_claim(const struct matter *m, unsigned node)
{
	switch (m->decision->node[node].stage->then) {
	case DEED_NOTHING:
	case DEED_AT_ONCE:
	case DEED_RECOVERED:
	case DEED_RELEASE:
		return false;
	default:
		return true;
	}
}

/* A failover comes before a recovery; of two that are alike the one that is under way. */
static int urgency(const struct matter *m, unsigned node)
{
	bool failover = m->decision->node[node].rule->then != VERDICT_RECOVER;
	bool mine = m->decision->node[node].stage_facts.claim == CLAIM_MINE;
	return 1 + 2 * failover + mine;
}

void order_claim(const struct matter *m)
{
	struct decision *d = m->decision;
	int most = 0;

	for (unsigned i = 0; i < NODES; i++) {
		int this = needs_claim(m, i) ? urgency(m, i) : 0;
		if (this <= most)
			continue;
		most = this;
		d->claim = true;
		d->claim_failed = i;
	}
}

/* The record that KEY names is known to be closed, or a later one has taken its place. One of
 * another cluster's node is not ours to judge. */
static bool is_over(const struct matter *m, const struct arbiter_key *key)
{
	if (key->recorder >= NODES)
		return false;
	const struct record *record = &m->view->record[key->recorder];
	return record->epoch > key->epoch || (record->epoch == key->epoch && !record_open(record));
}

void order_arbiters(const struct matter *m)
{
	struct decision *d = m->decision;
	const struct claim_view *claim = &m->view->claim;

	for (unsigned i = 0; i < m->policy->layout.arbiters; i++) {
		const struct arbiter_key *key = &m->view->arbiter[i].key;
		if (is_over(m, key))
			d->give_up[i] = *key;
	}
	if (!claim->held)
		return;
	unsigned recorder = other_node(claim->failed);
	const struct record *record = &m->view->record[recorder];
	if (record->stage == STAGE_CLAIMED || record->stage == STAGE_COMMANDED)
		d->reserve = (struct arbiter_key) { recorder, record->epoch };
}

/* -------------------------------------------------------------- the proxies */

static void tell_move(const struct matter *m, unsigned proxy)
{
	const struct proxy_view *p = &m->view->proxy[proxy];
	struct proxy_memory *mine = &m->memory->proxy[proxy];

	if (p->moves == mine->moves)
		return;
	mine->moves = p->moves;
	act(m, (struct action) { .event = EVENT_BDR_ROUTE,
				 .node = p->moved.to,
				 .proxy = proxy,
				 .rule = p->moved.rule,
				 .after_ms = p->moved.took_ms });
}

/* A proxy that cannot use its node is moved as by a repair, whoever asks for it: with one more
 * test of that node, and what hangs there is released. */
static enum move kind_of_move(const struct matter *m, unsigned proxy)
{
	const struct route_explanation *why = &m->decision->proxy[proxy];
	enum move move = why->rule->then;
	bool away = (move == MOVE_FENCE || move == MOVE_SWITCH) && why->facts.x == X_DOWN;
	return away ? MOVE_AWAY : move;
}

static struct move_order move_order(const struct matter *m, unsigned proxy)
{
	const struct proxy_view *p = &m->view->proxy[proxy];
	const struct route_rule *rule = m->decision->proxy[proxy].rule;
	bool back = rule->then == MOVE_WRITE_BACK;
	struct move_order order = {
		.move = kind_of_move(m, proxy),
		.from = back ? other_node(p->route) : p->route,
		.to = back ? p->route : other_node(p->route),
		.file = p->file,
		.looked = p->looked,
		.rule = rule->name,
		.patient = view_health(m->view, p->route, m->policy) != HEALTH_DOWN,
	};

	for (unsigned i = 0; i < NODES; i++) {
		const struct record *record = &m->view->record[i];
		order.honoured[i] = p->file.honoured[i];
		if (record->stage == STAGE_DONE && record->epoch > order.honoured[i])
			order.honoured[i] = record->epoch;
	}
	return order;
}

void order_proxy(const struct matter *m, unsigned proxy)
{
	const struct route_explanation *why = &m->decision->proxy[proxy];
	struct proxy_order *order = &m->decision->order[proxy];

	for (unsigned i = 0; i < NODES; i++) {
		struct instant since =
			instant_later(view_doubt(m->view, i), votes_since(m->view, i));
		order->ask = instant_later(order->ask, since);
	}
	order->login_retry = route_login_retry(&why->facts, m->view, proxy, m->policy);
	tell_move(m, proxy);
	if (why->facts.known == NO)
		return;
	unsigned x = m->view->proxy[proxy].route;
	unsigned subject = m->decision->node[x].facts.subject;
	order->pause = m->policy->early_pause && why->facts.on == YES && why->facts.x != X_UP &&
		       (subject & (SUBJECT_SUSPECT | SUBJECT_DOWN)) != 0;
	if (why->rule->then != MOVE_NONE)
		order->move = move_order(m, proxy);
}
