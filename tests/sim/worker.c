/* SPDX-License-Identifier: PostgreSQL */
/* The node workers of a monitor: probes over a held session and over new ones, and in the
 * same round trip the relay of sights. */
#include "parts.h"

/* Every so many probes goes over a new connection. */
#define FRESH_EVERY 10

static struct instant when(const struct world *w, unsigned m, int64_t at)
{
	return (struct instant) { at + w->monitor[m].offset };
}

/* The place where a row stands: a node, or the arbiter. */
static unsigned place_of(unsigned host)
{
	return host == HOST_Z ? NODES : host;
}

/* A moment of mine on the clock of the server. What it said last was true before I heard it:
 * so this is never too late, however long the answer, or what I send now, is on its way. */
static int64_t on_its_clock(const struct clock_heard *clock, struct instant evidence)
{
	if (!instant_is_set(evidence) || !instant_is_set(clock->heard))
		return NO_DATE;
	return clock->said - us_between(evidence, clock->heard);
}

/* Tell what I see, and when I asked. */
void relay_publish(struct world *w, unsigned m, struct message *message)
{
	struct monitor *monitor = &w->monitor[m];
	const struct clock_heard *clock = &monitor->clock[place_of(message->to)];

	monitor->view.made = mono(w, m);
	message->published = true;
	for (unsigned i = 0; i < NODES; i++) {
		struct sight sight = view_relay(&monitor->view, i, &monitor->policy);
		message->mine.sight[i] =
			(struct relayed) { sight.health, on_its_clock(clock, sight.asked),
					   on_its_clock(clock, sight.used) };
	}
}

/* The same on my clock: never too late either, and not later than when I saw the row first,
 * for the server's clock may have been set back. Never: it is in the future. */
static struct instant on_my_clock(int64_t date, const struct message *answer, struct instant asked,
				  struct instant seen)
{
	if (date == NO_DATE || date > answer->server_now)
		return NEVER;
	struct instant at = instant_add_us(asked, date - answer->server_now);
	return instant_before(seen, at) ? seen : at;
}

static struct instant first_seen(struct row_seen *seen, const struct row *row, struct instant asked)
{
	if (seen->stamp != row->stamp || !instant_is_set(seen->at))
		*seen = (struct row_seen) { row->stamp, asked };
	return seen->at;
}

static void take_sight(struct world *w, unsigned m, struct sight *known, const struct sight *news)
{
	struct sight old = *known;

	sight_take(known, news);
	if (known->health != old.health || us_between(old.asked, known->asked) > 5 * MS ||
	    us_between(old.used, known->used) > 5 * MS)
		monitor_news(w, m);
}

void relay_take(struct world *w, unsigned m, const struct message *answer)
{
	struct monitor *monitor = &w->monitor[m];
	struct instant asked = when(w, m, answer->sent);
	unsigned place = place_of(answer->from);

	monitor->clock[place] = (struct clock_heard) { mono(w, m), answer->server_now };
	for (unsigned p = 0; p < monitor->policy.layout.peers; p++) {
		unsigned peer = monitor->peers[p];
		const struct row *row = &answer->row[peer];
		if (!row->set)
			continue;
		struct instant seen = first_seen(&monitor->row_seen[place][peer], row, asked);
		for (unsigned i = 0; i < NODES; i++) {
			const struct relayed *r = &row->sight[i];
			struct sight news = { .health = r->health,
					      .asked = on_my_clock(r->asked, answer, asked, seen),
					      .used = on_my_clock(r->used, answer, asked, seen) };
			take_sight(w, m, &monitor->view.peer[p].sight[i], &news);
		}
	}
}

/* What I see has changed: say so at once in all sessions. */
static void tell_others(struct world *w, unsigned m)
{
	for (unsigned i = 0; i < NODES; i++)
		worker_relay(w, m, i);
	if (w->arbiter.present)
		monitor_set(w, m, TIMER_ARBITER, w->now);
}

static void fold(struct world *w, unsigned m, unsigned node, const struct probe_result *result)
{
	struct monitor *monitor = &w->monitor[m];
	struct observation *o = &monitor->view.node[node];
	enum health before = o->history.health;

	o->last.outcome = result->outcome;
	o->last.step = result->step;
	o->last.asked = result->asked;
	o->last.answered = result->answered;
	history_fold(&o->history, result, &monitor->policy.health);
	if (o->history.health != before) {
		tell(w, "monitor %u sees %c %s (%s)", m + 1, 'A' + node,
		     health_name(o->history.health), outcome_name(result->outcome));
		tell_others(w, m);
	}
	struct instant next = history_next(&o->history, &monitor->policy.health, result);
	monitor_set(w, m, (enum timer)(TIMER_PROBE + node), next.us - monitor->offset);
	monitor_news(w, m);
}

/* What was read with the probe. */
static void take(struct world *w, unsigned m, unsigned node, const struct message *answer)
{
	struct monitor *monitor = &w->monitor[m];
	struct observation *o = &monitor->view.node[node];
	struct record *record = &monitor->view.record[node];
	struct instant asked = when(w, m, answer->sent);
	bool held = monitor->view.claim.held && other_node(monitor->view.claim.failed) == node;

	o->started_us = answer->number;
	if (answer->level)
		o->level = asked;
	monitor->flag[node] = asked;
	for (unsigned i = 0; i < NODES; i++) {
		monitor->flag_active[node][i] = answer->active[i];
		bool both = monitor->flag_active[0][i] && monitor->flag_active[1][i];
		struct instant older = instant_before(monitor->flag[0], monitor->flag[1])
					       ? monitor->flag[0]
					       : monitor->flag[1];
		monitor->view.node[i].active = both ? older : NEVER;
	}
	/* Under the claim its own session reads it. */
	if (!held && !instant_before(asked, record->read))
		*record = (struct record) { .read = asked,
					    .epoch = answer->stored.epoch,
					    .stage = answer->stored.stage,
					    .runs = answer->stored.runs,
					    .until_ms = answer->stored.until_ms,
					    .started_us = answer->stored.started_us,
					    .recent = answer->stored.recent };
	relay_take(w, m, answer);
}

void worker_answer(struct world *w, unsigned m, unsigned node, const struct message *answer)
{
	struct worker *worker = &w->monitor[m].worker[node];
	struct probe_result result = { .outcome = OUTCOME_TIMEOUT,
				       .step = STEP_QUERY,
				       .asked = worker->asked,
				       .answered = mono(w, m) };

	if (answer != NULL) {
		result.outcome = answer->outcome;
		result.fresh = answer->fresh;
	}
	worker->held = result.outcome == OUTCOME_OK;
	if (!worker->held && (answer == NULL || !answer->works) && !result.fresh)
		worker->boot = 0; /* I have closed it, or it was reset */
	if (answer != NULL && answer->outcome == OUTCOME_OK) {
		worker->boot = answer->boot;
		take(w, m, node, answer);
	}
	fold(w, m, node, &result);
}

void worker_step(struct world *w, unsigned m, unsigned node)
{
	struct monitor *monitor = &w->monitor[m];
	struct worker *worker = &monitor->worker[node];
	enum health health = monitor->view.node[node].history.health;

	if (monitor->channel[CHANNEL_PROBE + node].busy)
		return;
	bool fresh = !worker->held || health == HEALTH_SUSPECT || health == HEALTH_DOWN ||
		     worker->probes % FRESH_EVERY == 0;
	worker->probes++;
	worker->asked = mono(w, m);
	call_forget(w, m, CHANNEL_RELAY + node);
	struct message *ask = call(w, m, CHANNEL_PROBE + node, ASK_PROBE, node,
				   w->story.settings.deadline_ms * MS);
	ask->fresh = fresh;
	ask->boot = worker->boot;
	relay_publish(w, m, ask);
	network_send(w, ask);
}

void worker_relay(struct world *w, unsigned m, unsigned node)
{
	struct monitor *monitor = &w->monitor[m];

	if (!monitor->worker[node].held || monitor->channel[CHANNEL_PROBE + node].busy ||
	    monitor->channel[CHANNEL_RELAY + node].busy)
		return;
	struct message *ask = call(w, m, CHANNEL_RELAY + node, ASK_RELAY, node,
				   w->story.settings.deadline_ms * MS);
	ask->boot = monitor->worker[node].boot;
	relay_publish(w, m, ask);
	network_send(w, ask);
}

/* The session has ended. */
static void doubt(struct world *w, unsigned m, unsigned node, bool by_server)
{
	struct monitor *monitor = &w->monitor[m];
	struct history *history = &monitor->view.node[node].history;
	enum health before = history->health;

	monitor->worker[node].held = false;
	history_doubt(history, mono(w, m), by_server);
	if (history->health != before)
		tell_others(w, m);
	monitor_set(w, m, (enum timer)(TIMER_PROBE + node), w->now);
	monitor_news(w, m);
}

void worker_relayed(struct world *w, unsigned m, unsigned node, const struct message *answer)
{
	if (answer == NULL || answer->outcome != OUTCOME_OK) {
		if (answer != NULL)
			doubt(w, m, node, answer->works);
		return;
	}
	struct record *record = &w->monitor[m].view.record[node];
	if (record->epoch != answer->stored.epoch || record->stage != answer->stored.stage)
		take(w, m, node, answer);
	else
		relay_take(w, m, answer);
}

/* The server's end of the session that it took in its life BOOT has come. */
void worker_ended(struct world *w, unsigned m, unsigned node, uint32_t boot)
{
	struct worker *worker = &w->monitor[m].worker[node];

	if (w->monitor[m].repmgrd || worker->boot != boot)
		return;
	claimant_lost(w, m, node);
	worker->boot = 0;
	doubt(w, m, node, true);
}
