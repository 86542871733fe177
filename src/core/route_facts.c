/* SPDX-License-Identifier: PostgreSQL */
/* From all that is seen to the facts that the route rules go by. */
#include "bdrmon/routes.h"

#include <assert.h>

struct matter {
	const struct memory *memory;
	const struct view *view;
	const struct decide_policy *policy;
	const struct proxy_place *place;
	const struct proxy_view *proxy;
	struct sight_policy how_old;
	unsigned x, y; /* NODES: it is not known where the proxy points */
};

static unsigned yes_no(bool yes)
{
	return yes ? YES : NO;
}

static bool seen_up(const struct matter *m, unsigned node)
{
	bool blind = m->place->one_eyed && node != m->x;
	return !blind &&
	       instant_is_set(sight_up(&m->proxy->sight[node], m->view->made, &m->how_old));
}

/* One failed test is enough for a proxy if I see the node down too. */
static bool seen_down(const struct matter *m, unsigned node)
{
	const struct sight *sight = &m->proxy->sight[node];
	enum health health = sight_health(sight, m->view->made, &m->how_old);
	bool down_for_me = view_health(m->view, node, m->policy) == HEALTH_DOWN;

	return health == HEALTH_DOWN || (health == HEALTH_SUSPECT && down_for_me &&
					 !instant_before(sight->asked, view_doubt(m->view, node)));
}

static bool has_failed(const struct matter *m, unsigned node)
{
	return failure_open(m->memory, m->view->record, node);
}

static enum fact_route_x x_fact(const struct matter *m)
{
	if (seen_up(m, m->x))
		return X_UP;
	return seen_down(m, m->x) ? X_DOWN : X_UNSURE;
}

static enum fact_route_y y_fact(const struct matter *m)
{
	bool recovering = view_health(m->view, m->y, m->policy) == HEALTH_RECOVERING;
	if (!seen_up(m, m->y))
		return Y_NOT;
	return recovering || has_failed(m, m->y) ? Y_UNFIT : Y_UP;
}

static bool differs(const struct matter *m)
{
	return m->proxy->file.node == m->y;
}

/* A RELOAD that I do not wait for would be sent by both of us, or be lost to what I write. */
static bool loading(const struct matter *m)
{
	int64_t seen_ms = ms_between(m->proxy->file_since, m->proxy->asked);
	return differs(m) && seen_ms <= move_reload_ms(m->policy->write_window_ms);
}

/* What the file heeds, the proxy does when it has loaded it. */
static bool honours(const struct matter *m, uint64_t epoch)
{
	const struct proxy_file *file = &m->proxy->file;
	return file->node == m->x && file->honoured[m->y] >= epoch;
}

/* The record must be a fresh one: it may have been closed since it was read. */
static bool fenced(const struct matter *m)
{
	const struct record *record = &m->view->record[m->y];
	int64_t started_us = m->view->node[m->x].started_us;
	bool restarted =
		record->started_us != 0 && started_us != 0 && record->started_us != started_us;
	bool fresh = ms_between(record->read, m->view->made) <= m->policy->stale_ms;

	return record->stage == STAGE_DONE && fresh && !honours(m, record->epoch) &&
	       !has_failed(m, m->y) && (restarted || (!seen_up(m, m->x) && seen_down(m, m->x)));
}

/* Maintenance and a pause are the operator's own, and hold only what bdrmon does by itself. */
static bool ordered(const struct matter *m, unsigned proxy)
{
	const struct route_word *word = &m->view->word.route[proxy];
	bool counts = instant_before(m->view->made, word->until) &&
		      word->until.us != m->memory->proxy[proxy].obeyed.us;

	return counts && word->to == m->y && !instant_is_set(m->memory->late) &&
	       (word->force || y_fact(m) != Y_UNFIT);
}

static bool on(const struct matter *m, unsigned proxy)
{
	const struct operator_word *word = &m->view->word;
	return !instant_is_set(m->memory->late) && !m->view->rival && !m->view->crowded &&
	       !instant_before(m->view->made, word->paused_until) &&
	       (word->proxy_maintenance >> proxy & 1) == 0;
}

static bool may_go_home(const struct matter *m)
{
	return m->policy->failback && m->place->home == m->y && !has_failed(m, m->x);
}

struct route_facts route_facts(const struct memory *memory, const struct view *view, unsigned proxy,
			       const struct decide_policy *policy)
{
	assert(proxy < policy->layout.proxies);
	unsigned x = view_route(view, proxy, policy);
	bool known = x < NODES;
	struct matter m = {
		.memory = memory,
		.view = view,
		.policy = policy,
		.place = &policy->layout.proxy[proxy],
		.proxy = &view->proxy[proxy],
		.how_old = view_sight_policy(policy),
		.x = x,
		.y = known ? other_node(x) : NODES,
	};

	return (struct route_facts) {
		.known = yes_no(known),
		.loading = yes_no(known && loading(&m)),
		.ordered = yes_no(known && ordered(&m, proxy)),
		.on = yes_no(on(&m, proxy)),
		.fenced = yes_no(known && fenced(&m)),
		.differs = yes_no(known && differs(&m)),
		.home = yes_no(known && may_go_home(&m)),
		.together = yes_no(policy->keep_together),
		.x = known ? x_fact(&m) : X_UNSURE,
		.y = known ? y_fact(&m) : Y_NOT,
	};
}

enum login_retry route_login_retry(const struct route_facts *facts, const struct view *view,
				   unsigned proxy, const struct decide_policy *policy)
{
	if (facts->known == NO || facts->on == NO)
		return LOGIN_RETRY_KEEP;
	struct instant doubt = view_doubt(view, view_route(view, proxy, policy));
	return facts->x != X_UP || instant_is_set(doubt) ? LOGIN_RETRY_LOW : LOGIN_RETRY_OWN;
}
