/* SPDX-License-Identifier: PostgreSQL */
/* The proxy workers of a monitor: looks at the console and the file, tests of both nodes
 * through the probe aliases, server_login_retry. */
#include "parts.h"

#define SET_MS 500

static unsigned place(const struct world *w, unsigned proxy)
{
	return w->proxy[proxy].host;
}

/* A look has ended. */
static void end_look(struct world *w, unsigned m, unsigned proxy)
{
	struct monitor *monitor = &w->monitor[m];
	struct looker *l = &monitor->looker[proxy];
	struct proxy_view *v = &monitor->view.proxy[proxy];
	struct instant next = instant_add_ms(l->began, w->story.settings.interval_ms);

	l->looking = false;
	v->looked = l->began;
	if (l->console)
		v->asked = l->began;
	/* A test that said nothing is not repeated faster than the interval. */
	for (unsigned i = 0; i < NODES; i++) {
		if (l->history[i].health == HEALTH_SUSPECT &&
		    !instant_before(l->last[i].asked, l->began))
			next = instant_sooner(
				next,
				history_next(&l->history[i], &monitor->policy.health, &l->last[i]));
	}
	monitor_set(w, m, (enum timer)(TIMER_LOOK + proxy), next.us - monitor->offset);
	monitor_news(w, m);
}

void looker_step(struct world *w, unsigned m, unsigned proxy)
{
	struct monitor *monitor = &w->monitor[m];
	struct looker *l = &monitor->looker[proxy];
	int64_t deadline = w->story.settings.deadline_ms * MS;

	if (l->looking || l->moving)
		return;
	l->looking = true;
	l->console = false;
	l->began = mono(w, m);
	l->tests = 3;
	l->hung = 0;
	network_send(w, call(w, m, CHANNEL_LOOK + proxy, ASK_LOOK, place(w, proxy), deadline));
}

static void begin_tests(struct world *w, unsigned m, unsigned proxy)
{
	struct looker *l = &w->monitor[m].looker[proxy];

	for (unsigned i = 0; i < NODES; i++) {
		l->asked[i] = mono(w, m);
		struct message *ask = call(w, m, CHANNEL_TEST + proxy * NODES + i, ASK_TEST,
					   place(w, proxy), w->story.settings.deadline_ms * MS);
		ask->alias = (uint8_t)i;
		network_send(w, ask);
	}
}

/* Do applications work through it, although the tests fail? */
static void count_traffic(struct looker *l, struct proxy_view *v, struct instant asked,
			  uint64_t count)
{
	if (l->traffic_node != v->route)
		l->traffic = (struct traffic) { 0 };
	l->traffic_node = v->route;
	if (v->route < NODES)
		traffic_fold(&l->traffic, asked, count, &v->sight[v->route]);
}

/* The same when the file is read; true: they do. */
bool looker_counted(struct world *w, unsigned m, unsigned proxy, const struct message *answer)
{
	struct monitor *monitor = &w->monitor[m];
	struct proxy_view *v = &monitor->view.proxy[proxy];
	struct instant asked = { answer->sent + monitor->offset };

	if (v->route >= NODES)
		return false;
	struct instant before = v->sight[v->route].used;
	count_traffic(&monitor->looker[proxy], v, asked, answer->count);
	return instant_before(before, v->sight[v->route].used);
}

void looker_looked(struct world *w, unsigned m, unsigned proxy, const struct message *answer)
{
	struct monitor *monitor = &w->monitor[m];
	struct looker *l = &monitor->looker[proxy];
	struct proxy_view *v = &monitor->view.proxy[proxy];

	if (answer == NULL || !answer->done) {
		end_look(w, m, proxy);
		return;
	}
	l->console = true;
	l->retry_seen = answer->number;
	v->route = answer->route;
	v->file = answer->file;
	count_traffic(l, v, l->began, answer->count);
	begin_tests(w, m, proxy);
}

static void fold(struct world *w, unsigned m, unsigned proxy, unsigned node, enum outcome outcome)
{
	struct monitor *monitor = &w->monitor[m];
	struct looker *l = &monitor->looker[proxy];
	struct sight *sight = &monitor->view.proxy[proxy].sight[node];
	struct probe_result *last = &l->last[node];

	/* Attempts count only one after the other: after a gap all begins anew. */
	if (us_between(last->asked, l->asked[node]) > monitor->policy.stale_ms * MS) {
		l->history[node] = (struct history) { 0 };
		l->traffic = (struct traffic) { 0 };
	}
	last->outcome = outcome;
	last->step = STEP_QUERY;
	last->asked = l->asked[node];
	last->answered = mono(w, m);
	last->fresh = true;
	if (outcome == OUTCOME_OK)
		l->good_ms[node] = ms_between(last->asked, last->answered);
	if (w->talks && (outcome == OUTCOME_OK) !=
				(sight->health == HEALTH_UP || sight->health == HEALTH_RECOVERING))
		tell(w, "monitor %u: P%u to %c: %s", m + 1, proxy + 1, 'A' + node,
		     outcome_name(outcome));
	history_fold(&l->history[node], last, &monitor->policy.health);
	sight->health = l->history[node].health;
	sight->asked = last->asked;
}

static void ping_or_end(struct world *w, unsigned m, unsigned proxy)
{
	struct looker *l = &w->monitor[m].looker[proxy];

	if (l->tests != 0)
		return;
	if (l->hung == 0)
		end_look(w, m, proxy);
	else
		network_send(w, call(w, m, CHANNEL_PING + proxy, ASK_PING, place(w, proxy),
				     w->story.settings.deadline_ms * MS));
}

/* A "no" with a reason that is not the node's death says nothing. */
void looker_tested(struct world *w, unsigned m, unsigned proxy, unsigned node,
		   const struct message *answer)
{
	struct looker *l = &w->monitor[m].looker[proxy];

	l->tests &= ~(1u << node);
	if (answer == NULL)
		l->hung |= 1u << node;
	else if (answer->done)
		fold(w, m, proxy, node, answer->outcome);
	ping_or_end(w, m, proxy);
}

/* A hang counts only if the console still answers: else it is I who is cut off. */
void looker_pinged(struct world *w, unsigned m, unsigned proxy, const struct message *answer)
{
	struct monitor *monitor = &w->monitor[m];
	struct looker *l = &monitor->looker[proxy];

	for (unsigned i = 0; i < NODES; i++) {
		if ((l->hung >> i & 1) != 0 && answer != NULL && answer->done)
			fold(w, m, proxy, i, OUTCOME_TIMEOUT);
	}
	if (answer != NULL && answer->done)
		looker_counted(w, m, proxy, answer);
	end_look(w, m, proxy);
}

/* Set server_login_retry as the decider wants it, if it is not so; while a proxy is moved the
 * mover cares for it. */
void looker_set(struct world *w, unsigned m, unsigned proxy)
{
	struct monitor *monitor = &w->monitor[m];
	struct looker *l = &monitor->looker[proxy];
	int64_t wanted = l->retry_wanted == LOGIN_RETRY_LOW ? LOGIN_RETRY_SOON : LOGIN_RETRY_INI;

	if (l->retry_wanted == LOGIN_RETRY_KEEP || l->retry_seen == wanted || l->moving ||
	    monitor->channel[CHANNEL_SET + proxy].busy || !l->console)
		return;
	l->retry_seen = wanted;
	struct message *ask =
		call(w, m, CHANNEL_SET + proxy, ASK_SET, place(w, proxy), SET_MS * MS);
	ask->number = wanted;
	network_send(w, ask);
}
