/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/view.h"

#include <assert.h>

struct sight_policy view_sight_policy(const struct decide_policy *policy)
{
	return (struct sight_policy) { policy->stale_ms, policy->health.attempt_interval_ms };
}

struct sight view_sight(const struct view *view, unsigned node)
{
	assert(node < NODES);
	const struct observation *o = &view->node[node];
	return (struct sight) { .health = o->history.health, .asked = o->last.asked };
}

enum health view_health(const struct view *view, unsigned node, const struct decide_policy *policy)
{
	struct sight sight = view_sight(view, node);
	struct sight_policy how_old = view_sight_policy(policy);
	return sight_health(&sight, view->made, &how_old);
}

struct instant view_doubt(const struct view *view, unsigned node)
{
	const struct history *history = &view->node[node].history;
	bool doubtful = history->health == HEALTH_SUSPECT || history->health == HEALTH_DOWN;
	return doubtful ? history->doubt_since : NEVER;
}

struct sight view_relay(const struct view *view, unsigned node, const struct decide_policy *policy)
{
	struct sight sight = view_sight(view, node);
	struct sight_policy how_old = view_sight_policy(policy);
	struct instant doubt = view_doubt(view, node);

	/* While I see it up myself that says enough; what a proxy saw before a failure would hold
	 * the others up until it is stale. */
	if (!instant_is_set(doubt))
		return sight;
	for (unsigned i = 0; i < policy->layout.proxies; i++) {
		struct instant up = sight_up(&view->proxy[i].sight[node], view->made, &how_old);
		if (!instant_before(up, doubt))
			sight.used = instant_later(sight.used, up);
	}
	return sight;
}

unsigned view_route(const struct view *view, unsigned proxy, const struct decide_policy *policy)
{
	const struct proxy_view *p = &view->proxy[proxy];
	bool stale =
		!instant_is_set(p->asked) || ms_between(p->asked, view->made) > policy->stale_ms;
	return stale ? NODES : p->route;
}
