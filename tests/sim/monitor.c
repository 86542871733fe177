/* SPDX-License-Identifier: PostgreSQL */
/* The decider of one monitor: the real decide(), and its orders handed to those who carry
 * them out. */
#include "parts.h"
#include "setting.h"

#include <string.h>

/* Several pieces of news that come together are decided about together. */
#define NEWS_WAIT MS

void monitor_set(struct world *w, unsigned m, enum timer timer, int64_t at)
{
	int64_t *when = &w->monitor[m].timer[timer];

	if (at < w->now)
		at = w->now;
	if (*when == at)
		return;
	*when = at;
	post(w, at, EVENT_TIMER, m, timer, 0);
}

void monitor_news(struct world *w, unsigned m)
{
	int64_t when = w->monitor[m].timer[TIMER_DECIDE];
	if (when == 0 || when > w->now + NEWS_WAIT)
		monitor_set(w, m, TIMER_DECIDE, w->now + NEWS_WAIT);
}

static void hurry(struct world *w, unsigned m)
{
	for (unsigned i = 0; i < NODES; i++)
		worker_relay(w, m, i);
	monitor_set(w, m, TIMER_HURRY, w->now + HURRY_MS * MS);
}

/* Timers that were set anew leave their old events behind: these do nothing. A stalled
 * monitor's timer comes later than it was set for. */
void monitor_timer(struct world *w, unsigned m, enum timer timer)
{
	int64_t *when = &w->monitor[m].timer[timer];

	if (!w->monitor[m].running || *when == 0 || *when > w->now)
		return;
	*when = 0;
	if (w->monitor[m].repmgrd)
		repmgrd_step(w, m);
	else if (timer == TIMER_DECIDE)
		monitor_decide(w, m);
	else if (timer == TIMER_HURRY)
		hurry(w, m);
	else if (timer == TIMER_CLAIM)
		claimant_step(w, m);
	else if (timer == TIMER_ARBITER)
		arbiter_step(w, m);
	else if (timer < TIMER_LOOK)
		worker_step(w, m, timer - TIMER_PROBE);
	else
		looker_step(w, m, timer - TIMER_LOOK);
}

static void order_workers(struct world *w, unsigned m, const struct decision *d)
{
	struct monitor *monitor = &w->monitor[m];

	for (unsigned i = 0; i < NODES; i++) {
		monitor->worker[i].ask = d->ask[i];
		if (instant_before(monitor->view.node[i].last.asked, d->ask[i]))
			worker_step(w, m, i);
	}
	if (d->hurry && monitor->timer[TIMER_HURRY] == 0)
		monitor_set(w, m, TIMER_HURRY, w->now);
	if (!d->hurry)
		monitor->timer[TIMER_HURRY] = 0;
}

static void order_proxies(struct world *w, unsigned m, const struct decision *d)
{
	struct monitor *monitor = &w->monitor[m];

	for (unsigned p = 0; p < monitor->policy.layout.proxies; p++) {
		struct looker *looker = &monitor->looker[p];
		looker->ask = d->order[p].ask;
		looker->retry_wanted = d->order[p].login_retry;
		looker->order = d->order[p].move;
		if (looker->order.move != MOVE_NONE)
			mover_begin(w, m, p);
		if (instant_before(monitor->view.proxy[p].looked, looker->ask) &&
		    instant_before(looker->began, looker->ask))
			looker_step(w, m, p);
		looker_set(w, m, p);
	}
}

static void order_claim(struct world *w, unsigned m, const struct decision *d)
{
	struct claimant *c = &w->monitor[m].claimant;

	c->wanted = d->claim;
	if (d->claim)
		c->failed = d->claim_failed;
	c->record = d->record;
	c->activate[0] = d->activate[0];
	c->activate[1] = d->activate[1];
	claimant_step(w, m);
}

static bool same_key(const struct arbiter_key *a, const struct arbiter_key *b)
{
	return a->epoch == b->epoch && a->recorder == b->recorder;
}

static void order_arbiter(struct world *w, unsigned m, const struct decision *d)
{
	struct monitor *monitor = &w->monitor[m];
	bool news = !same_key(&monitor->reserve, &d->reserve) ||
		    !same_key(&monitor->give_up, &d->give_up[0]);

	monitor->reserve = d->reserve;
	monitor->give_up = d->give_up[0];
	if (news && w->arbiter.present)
		monitor_set(w, m, TIMER_ARBITER, w->now);
}

static void talk_votes(struct world *w, const struct votes *votes)
{
	for (unsigned i = 0; i < votes->count; i++) {
		const struct testimony *t = &votes->testimony[i];
		tell(w, "    %s %u on %s %s", vantage_name(t->vantage), t->index + 1,
		     host_name(t->domain), voice_name(t->voice));
	}
}

static void talk(struct world *w, unsigned m, const struct decision *d)
{
	for (unsigned i = 0; i < NODES; i++) {
		if (d->node[i].rule_changed)
			tell(w, "monitor %u: node %c: %s", m + 1, 'A' + i, d->node[i].rule->name);
		if (d->node[i].stage_changed)
			tell(w, "monitor %u: node %c: stage rule %s", m + 1, 'A' + i,
			     d->node[i].stage->name);
		if (d->node[i].rule_changed && d->node[i].rule->then == VERDICT_FAILOVER)
			talk_votes(w, &d->node[i].votes);
	}
	for (unsigned p = 0; p < d->proxies; p++) {
		if (d->proxy[p].rule_changed)
			tell(w, "monitor %u: proxy P%u: %s", m + 1, p + 1, d->proxy[p].rule->name);
	}
}

void monitor_decide(struct world *w, unsigned m)
{
	struct monitor *monitor = &w->monitor[m];
	struct decision *d = &w->decision;

	monitor->view.made = mono(w, m);
	monitor->view.stepped = monitor->stepped;
	monitor->stepped = false;
	decide(&monitor->memory, &monitor->view, &monitor->policy, d);
	if (w->talks)
		talk(w, m, d);
	monitor_set(w, m, TIMER_DECIDE, d->again.us - monitor->offset);
	for (unsigned i = 0; i < d->actions; i++) {
		if (d->action[i].event == EVENT_BDR_FAILOVER)
			command_order(w, m, &d->action[i]);
	}
	order_workers(w, m, d);
	order_arbiter(w, m, d);
	order_proxies(w, m, d);
	order_claim(w, m, d);
}

/* ------------------------------------------------------------- begin and end */

/* WITH_STATE: its state file is still there. */
void monitor_start(struct world *w, unsigned m, bool with_state)
{
	struct monitor *monitor = &w->monitor[m];
	struct memory old = monitor->memory;

	if (monitor->running || w->dead[monitor->host])
		return;
	monitor->running = true;
	monitor->incarnation++;
	monitor->stalled_until = 0;
	monitor->offset += SECOND;
	memset(monitor->timer, 0, sizeof monitor->timer);
	memset(monitor->worker, 0, sizeof monitor->worker);
	memset(monitor->looker, 0, sizeof monitor->looker);
	memset(monitor->row_seen, 0, sizeof monitor->row_seen);
	memset(monitor->clock, 0, sizeof monitor->clock);
	memset(monitor->flag, 0, sizeof monitor->flag);
	memset(&monitor->view, 0, sizeof monitor->view);
	memset(&monitor->memory, 0, sizeof monitor->memory);
	memset(&monitor->old, 0, sizeof monitor->old);
	monitor->claimant = (struct claimant) { .session = { monitor->claimant.session[0] + 1,
							     monitor->claimant.session[1] + 1 } };
	monitor->reserve = monitor->give_up = (struct arbiter_key) { 0 };
	for (unsigned i = 0; i < CHANNELS; i++)
		monitor->channel[i].busy = false;
	for (unsigned i = 0; i < NODES && with_state; i++)
		monitor->memory.node[i].seen_up = old.node[i].seen_up;
	monitor->memory.epoch = with_state ? old.epoch : 0;
	for (unsigned p = 0; p < PROXIES; p++)
		monitor->view.proxy[p].route = monitor->view.proxy[p].file.node = NODES;
	monitor_begin(w, m);
}

/* The kernel closes its sessions: the servers forget its claim and its row, where the news
 * of it arrives. */
void monitor_stop(struct world *w, unsigned m)
{
	struct monitor *monitor = &w->monitor[m];

	monitor->running = false;
	monitor->stalled_until = 0;
	for (unsigned i = 0; i < NODES; i++) {
		claimant_hang_up(w, m, i);
		if (network_passes(w, monitor->host, i) && !w->server[i].frozen)
			w->server[i].row[m].set = false;
	}
}

void monitor_begin(struct world *w, unsigned m)
{
	int64_t interval = w->story.settings.interval_ms * MS;

	if (w->monitor[m].repmgrd) {
		monitor_set(w, m, TIMER_DECIDE, w->now + chance(w, (uint32_t)interval));
		return;
	}
	for (unsigned i = 0; i < NODES; i++)
		monitor_set(w, m, (enum timer)(TIMER_PROBE + i), w->now + chance(w, 50 * MS));
	for (unsigned p = 0; p < w->monitor[m].policy.layout.proxies; p++)
		monitor_set(w, m, (enum timer)(TIMER_LOOK + p), w->now + chance(w, 100 * MS));
	if (w->arbiter.present)
		monitor_set(w, m, TIMER_ARBITER, w->now + 1);
	monitor_set(w, m, TIMER_DECIDE, w->now + MS);
}
