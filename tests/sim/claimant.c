/* SPDX-License-Identifier: PostgreSQL */
/* The claimant of a monitor: the lock that is the claim, kept by a statement each third of a
 * lease, and all writes of the record over the very session that holds it. */
#include "parts.h"

#define ASK_AGAIN (100 * MS)

static int64_t lease(const struct world *w)
{
	return w->story.settings.lease_ms * MS;
}

static struct message *ask_on(struct world *w, unsigned m, unsigned node, enum ask kind)
{
	struct claimant *c = &w->monitor[m].claimant;
	struct message *ask = call(w, m, CHANNEL_CLAIM + node, kind, node, lease(w));

	ask->session = c->session[node];
	ask->boot = w->server[node].boot; /* the session is opened again whenever it can be */
	return ask;
}

/* The kernel tells the server that the session is closed, even if the monitor has died. */
void claimant_hang_up(struct world *w, unsigned m, unsigned node)
{
	struct message *end = network_take(w);

	end->ask = ASK_UNLOCK;
	end->monitor = (uint8_t)m;
	end->channel = (uint8_t)(CHANNEL_CLAIM + node);
	end->from = w->monitor[m].host;
	end->to = (uint8_t)node;
	end->incarnation = w->monitor[m].incarnation;
	end->session = w->monitor[m].claimant.session[node];
	end->boot = w->server[node].boot;
	network_send(w, end);
}

/* The claim is gone, and its session with it. */
void claimant_lost(struct world *w, unsigned m, unsigned node)
{
	struct monitor *monitor = &w->monitor[m];
	struct claim_view *claim = &monitor->view.claim;

	claimant_hang_up(w, m, node);
	monitor->claimant.session[node]++;
	call_forget(w, m, CHANNEL_CLAIM + node);
	if (!claim->held || other_node(claim->failed) != node)
		return;
	tell(w, "monitor %u has lost the claim", m + 1);
	claim->held = false;
	monitor->view.record[node].sent = NEVER;
	monitor->claimant.asked_at_once = false;
	monitor_news(w, m);
}

static bool differs(const struct record_order *order, const struct record *record)
{
	return order->epoch != record->epoch || order->stage != record->stage ||
	       order->runs != record->runs || instant_before(record->sent, order->after);
}

static void write_record(struct world *w, unsigned m, unsigned node)
{
	struct claimant *c = &w->monitor[m].claimant;
	const struct record_order *order = &c->record;
	struct message *ask = ask_on(w, m, node, ASK_WRITE);

	ask->stored = (struct stored) { .epoch = order->epoch,
					.stage = order->stage,
					.runs = order->runs,
					.started_us = order->started_us };
	/* Until the answer is here nobody knows what the record says: nothing may be decided by
	 * what was read before. */
	w->monitor[m].view.record[node].read = NEVER;
	network_send(w, ask);
}

static void activate_on(struct world *w, unsigned m, unsigned node, unsigned failed)
{
	struct message *ask = call(w, m, CHANNEL_FLAG + node, ASK_ACTIVATE, node, lease(w));

	ask->boot = w->server[node].boot; /* over a session that is held open */
	ask->target = (uint8_t)failed;
	w->monitor[m].claimant.flagged[node] = mono(w, m);
	network_send(w, ask);
}

/* Until both nodes were read to say so since the record on RECORDER was written last. */
static void activate(struct world *w, unsigned m, unsigned recorder)
{
	struct monitor *monitor = &w->monitor[m];
	struct claimant *c = &monitor->claimant;
	unsigned failed = other_node(recorder);

	for (unsigned i = 0; i < NODES && c->activate[failed]; i++) {
		bool read = monitor->flag_active[i][failed] &&
			    !instant_before(monitor->flag[i], monitor->view.record[recorder].sent);
		bool lately = us_between(c->flagged[i], mono(w, m)) < ASK_AGAIN;
		if (!read && !lately && !monitor->channel[CHANNEL_FLAG + i].busy)
			activate_on(w, m, i, failed);
	}
}

void claimant_flagged(struct world *w, unsigned m, unsigned node, const struct message *answer)
{
	if (answer != NULL && answer->done)
		worker_step(w, m, node); /* and read it again */
}

/* What is to be said next over the session that holds the claim on NODE. */
static void say_next(struct world *w, unsigned m, unsigned node)
{
	struct monitor *monitor = &w->monitor[m];
	struct claimant *c = &monitor->claimant;
	int64_t due = c->statement.us - monitor->offset + lease(w) / 3;

	if (!c->wanted || c->failed != monitor->view.claim.failed) {
		network_send(w, ask_on(w, m, node, ASK_UNLOCK));
		monitor->view.claim.held = false;
		monitor->view.record[node].sent = NEVER;
		c->asked_at_once = false;
		monitor_news(w, m);
	} else if (!c->asked_at_once || w->now >= due) {
		c->asked_at_once = true;
		network_send(w, ask_on(w, m, node, ASK_READ));
	} else if (c->record.wanted && c->record.recorder == node &&
		   differs(&c->record, &monitor->view.record[node])) {
		write_record(w, m, node);
	} else {
		activate(w, m, node);
		monitor_set(w, m, TIMER_CLAIM, due);
	}
}

void claimant_step(struct world *w, unsigned m)
{
	struct monitor *monitor = &w->monitor[m];
	struct claimant *c = &monitor->claimant;
	bool held = monitor->view.claim.held;
	unsigned node = other_node(held ? monitor->view.claim.failed : c->failed);

	if (monitor->channel[CHANNEL_CLAIM + node].busy)
		return;
	if (held) {
		say_next(w, m, node);
		return;
	}
	if (!c->wanted)
		return;
	if (instant_before(mono(w, m), c->retry)) {
		monitor_set(w, m, TIMER_CLAIM, c->retry.us - monitor->offset);
		return;
	}
	c->retry = instant_add_us(mono(w, m), ASK_AGAIN);
	network_send(w, ask_on(w, m, node, ASK_LOCK));
}

static void know(struct record *record, const struct stored *stored, struct instant read,
		 struct instant sent)
{
	*record = (struct record) { .read = read,
				    .epoch = stored->epoch,
				    .stage = stored->stage,
				    .runs = stored->runs,
				    .until_ms = stored->until_ms,
				    .started_us = stored->started_us,
				    .sent = sent,
				    .recent = stored->recent };
}

static void granted(struct world *w, unsigned m, unsigned node)
{
	struct monitor *monitor = &w->monitor[m];

	monitor->view.claim = (struct claim_view) { .held = true,
						    .failed = other_node(node),
						    .since = mono(w, m) };
	monitor->claimant.asked_at_once = false;
	fault_trap(w, m, STAGE_NONE);
}

void claimant_answer(struct world *w, unsigned m, unsigned node, const struct message *answer)
{
	struct monitor *monitor = &w->monitor[m];
	struct claimant *c = &monitor->claimant;
	struct record *record = &monitor->view.record[node];
	bool held = monitor->view.claim.held && other_node(monitor->view.claim.failed) == node;
	bool answered = answer != NULL && answer->outcome == OUTCOME_OK;

	if (!answered || (!answer->done && answer->ask != ASK_LOCK)) {
		claimant_lost(w, m, node);
		monitor_news(w, m);
		return;
	}
	if (!answer->done) { /* somebody else has it */
		monitor_set(w, m, TIMER_CLAIM, c->retry.us - monitor->offset);
		return;
	}
	if (held || answer->ask == ASK_LOCK)
		c->statement = (struct instant) { answer->sent + monitor->offset };
	if (answer->ask == ASK_LOCK && monitor->view.claim.held && !held) {
		/* The other one was granted and wanted meanwhile. */
		network_send(w, ask_on(w, m, node, ASK_UNLOCK));
		return;
	}
	if (answer->ask == ASK_LOCK)
		granted(w, m, node);
	else if (answer->ask == ASK_READ && held)
		know(record, &answer->stored, c->statement, record->sent);
	else if (answer->ask == ASK_WRITE && held) {
		know(record, &answer->stored, c->statement, c->statement);
		monitor_decide(w, m);
		fault_trap(w, m, answer->stored.stage);
		return;
	}
	monitor_news(w, m);
	if (monitor->running && monitor->stalled_until <= w->now)
		claimant_step(w, m);
}
