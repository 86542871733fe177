/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/proxy_eyes.h"

/* A new client's question, with a login of the proxy to the server, takes five ways there and back,
 * and this much else. */
#define LOGIN_WAYS 5
#define LOGIN_MS   50

/* A good answer to a new client may be an exception, the first one after a failure for example; one
 * to a client that is logged in shows how slow the node is, but not what a login costs. */
static int64_t good_ms(int64_t before, const struct probe_result *result)
{
	int64_t took = ms_between(result->asked, result->answered);
	int64_t most = LOGIN_WAYS * took + LOGIN_MS;

	if (result->fresh)
		return took;
	return before < most ? before : most;
}

void proxy_eyes_tested(struct proxy_eyes *eyes, struct proxy_view *view, unsigned node,
		       const struct probe_result *result, const struct proxy_eyes_policy *policy)
{
	struct history *history = &eyes->history[node];
	struct sight *sight = &view->sight[node];

	/* Attempts count only one after the other: after a gap all begins anew. */
	if (ms_between(eyes->last[node].asked, result->asked) > policy->stale_ms) {
		*history = (struct history) { 0 };
		eyes->traffic = (struct traffic) { 0 };
	}
	eyes->last[node] = *result;
	if (result->outcome == OUTCOME_OK)
		eyes->good_ms[node] = good_ms(eyes->good_ms[node], result);
	history_fold(history, result, &policy->health);
	sight->health = history->health;
	sight->asked = result->asked;
}

bool proxy_eyes_counted(struct proxy_eyes *eyes, struct proxy_view *view, struct instant asked,
			uint64_t count)
{
	if (eyes->traffic_node != view->route)
		eyes->traffic = (struct traffic) { 0 };
	eyes->traffic_node = view->route;
	if (view->route >= NODES)
		return false;
	struct sight *sight = &view->sight[view->route];
	struct instant before = sight->used;
	traffic_fold(&eyes->traffic, asked, count, sight);
	return instant_before(before, sight->used);
}

struct instant proxy_eyes_next(const struct proxy_eyes *eyes, struct instant began,
			       int64_t interval_ms, const struct proxy_eyes_policy *policy)
{
	struct instant next = instant_add_ms(began, interval_ms);

	for (unsigned i = 0; i < NODES; i++) {
		const struct history *history = &eyes->history[i];
		bool asked = !instant_before(eyes->last[i].asked, began);
		if (history->health == HEALTH_SUSPECT && asked)
			next = instant_sooner(
				next, history_next(history, &policy->health, &eyes->last[i]));
	}
	return next;
}
