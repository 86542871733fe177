/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/sight.h"

static bool stale(struct instant evidence, struct instant now, int64_t limit_ms)
{
	return !instant_is_set(evidence) || ms_between(evidence, now) > limit_ms;
}

static bool answers(enum health health)
{
	return health == HEALTH_UP || health == HEALTH_RECOVERING;
}

enum health sight_health(const struct sight *sight, struct instant now,
			 const struct sight_policy *policy)
{
	int64_t limit_ms = policy->stale_ms;
	if (sight->health == HEALTH_SUSPECT)
		limit_ms += policy->attempt_interval_ms;
	return stale(sight->asked, now, limit_ms) ? HEALTH_UNKNOWN : sight->health;
}

struct instant sight_up(const struct sight *sight, struct instant now,
			const struct sight_policy *policy)
{
	struct instant up = NEVER;
	if (answers(sight_health(sight, now, policy)))
		up = sight->asked;
	if (!stale(sight->used, now, policy->stale_ms))
		up = instant_later(up, sight->used);
	return up;
}

void sight_take(struct sight *known, const struct sight *news)
{
	bool younger = instant_before(known->asked, news->asked);
	bool tie = known->asked.us == news->asked.us && answers(news->health);

	if (younger || tie) {
		known->health = news->health;
		known->asked = news->asked;
	}
	known->used = instant_later(known->used, news->used);
}

void traffic_fold(struct traffic *traffic, struct instant asked, uint64_t count,
		  struct sight *sight)
{
	bool doubtful = sight->health == HEALTH_SUSPECT || sight->health == HEALTH_DOWN;

	if (!doubtful) {
		*traffic = (struct traffic) { 0 };
		return;
	}
	if (!instant_is_set(traffic->since)) {
		*traffic = (struct traffic) { asked, count };
		return;
	}
	if (ms_between(traffic->since, asked) < TRAFFIC_MS)
		return;
	if (count > traffic->count)
		sight->used = traffic->since;
	*traffic = (struct traffic) { asked, count };
}
