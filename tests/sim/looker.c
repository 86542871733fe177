/* SPDX-License-Identifier: PostgreSQL */
/* The proxy workers of a monitor: looks at the console and the file, tests of both nodes
 * through the probe aliases, server_login_retry. */
#include "parts.h"

#define SET_MS 500

static struct proxy_eyes_policy policy_of(const struct monitor *monitor)
{
	return (struct proxy_eyes_policy) { monitor->policy.health, monitor->policy.stale_ms };
}

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
	struct proxy_eyes_policy policy = policy_of(monitor);

	l->looking = false;
	v->looked = l->began;
	if (l->console)
		v->asked = l->began;
	struct instant next =
		proxy_eyes_next(&l->eyes, l->began, w->story.settings.interval_ms, &policy);
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

/* What applications have ended when the file is read or the console asked; true: they work
 * through it. */
bool looker_counted(struct world *w, unsigned m, unsigned proxy, const struct message *answer)
{
	struct monitor *monitor = &w->monitor[m];
	struct proxy_view *v = &monitor->view.proxy[proxy];
	struct instant asked = { answer->sent + monitor->offset };

	return proxy_eyes_counted(&monitor->looker[proxy].eyes, v, asked, answer->count);
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
	if (answer->file.epoch != v->file.epoch)
		v->file_since = mono(w, m);
	v->file = answer->file;
	proxy_eyes_counted(&l->eyes, v, l->began, answer->count);
	begin_tests(w, m, proxy);
}

static void fold(struct world *w, unsigned m, unsigned proxy, unsigned node, enum outcome outcome)
{
	struct monitor *monitor = &w->monitor[m];
	struct looker *l = &monitor->looker[proxy];
	struct proxy_view *v = &monitor->view.proxy[proxy];
	struct proxy_eyes_policy policy = policy_of(monitor);
	struct probe_result result = {
		.outcome = outcome,
		.step = STEP_QUERY,
		.asked = l->asked[node],
		.answered = mono(w, m),
		.fresh = true,
	};
	enum health before = v->sight[node].health;

	if (w->talks &&
	    (outcome == OUTCOME_OK) != (before == HEALTH_UP || before == HEALTH_RECOVERING))
		tell(w, "monitor %u: P%u to %c: %s", m + 1, proxy + 1, 'A' + node,
		     outcome_name(outcome));
	proxy_eyes_tested(&l->eyes, v, node, &result, &policy);
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
