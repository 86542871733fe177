/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "desk.h"
#include "links.h"

#include <string.h>

/* What was seen on a node that has failed since says nothing: that repmgrd may have died
 * with it, and the one on the other node is seen there. */
static bool rival_seen(const struct desk *desk, struct instant now)
{
	bool seen = false;

	for (unsigned i = 0; i < NODES; i++)
		seen = seen || (desk->cell[i].observation.last.outcome == OUTCOME_OK &&
				rival_is_daemon(&desk->cell[i].rival, now));
	return seen;
}

/* ------------------------------------------------------------------- the others */

static bool same_peers(const struct places *a, const struct places *b)
{
	bool same = a->peers == b->peers;

	for (unsigned i = 0; i < a->peers && same; i++)
		same = strcmp(a->peer[i], b->peer[i]) == 0;
	return same;
}

/* Who watches besides me depends on the nodes' names, and on whether somebody was heard. */
static void place(struct desk *desk)
{
	struct settings *s = &desk->settings;
	struct places_known known = {
		.monitor = s->monitor,
		.domain = s->domain,
		.local_none = s->local_none,
		.node = { s->order[0].node.name, s->order[1].node.name },
		.monitors = s->monitors,
		.named = (const char(*)[NAME_TEXT_MAX])s->named,
		.heard = desk->heard,
		.arbiters = s->arbiters,
		.proxies = s->proxies,
		.node_host = { s->order[0].host, s->order[1].host },
	};
	struct places now;

	for (unsigned i = 0; i < s->arbiters; i++) {
		known.arbiter[i] = s->arbiter[i].name;
		known.arbiter_domain[i] = s->arbiter_domain[i];
	}
	for (unsigned i = 0; i < s->proxies; i++) {
		const struct proxy_worker_order *proxy = &s->proxy[i];
		known.proxy[i] = (struct proxy_known) { proxy->config.name, proxy->config.domain,
							proxy->host, proxy->config.home };
	}
	places_make(&known, &now);
	if (!same_peers(&now, &desk->places)) {
		desk->generation++;
		memset(desk->peer, 0, sizeof desk->peer);
		memset(desk->heard_at, 0, sizeof desk->heard_at);
		memset(desk->settings_differ, 0, sizeof desk->settings_differ);
	}
	desk->places = now;
	s->policy.layout = now.layout;
}

static void compare_settings(struct desk *desk, unsigned peer, uint32_t hash)
{
	bool differ = hash != desk->settings.order[0].relay.settings;

	if (differ && !desk->settings_differ[peer])
		log_write(LOG_LEVEL_WARNING, NULL,
			  "Compare what \"bdrmon config print\" says on both hosts.",
			  "monitor \"%s\" has other settings than this one",
			  desk->places.peer[peer]);
	desk->settings_differ[peer] = differ;
}

static void take_peers(struct desk *desk, const struct hearsay *hearsay)
{
	if (hearsay->generation != desk->generation)
		return;
	for (unsigned p = 0; p < desk->places.peers; p++) {
		if (!hearsay->heard[p])
			continue;
		desk->heard = true;
		desk->heard_at[p] = instant_later(desk->heard_at[p], hearsay->asked);
		compare_settings(desk, p, hearsay->settings[p]);
		for (unsigned i = 0; i < NODES; i++)
			sight_take(&desk->peer[p].sight[i], &hearsay->peer[p].sight[i]);
	}
}

/* ------------------------------------------------------- the records and the claim */

/* A record only goes forward. */
static bool is_behind(const struct record *a, const struct record *b)
{
	if (a->epoch != b->epoch)
		return a->epoch < b->epoch;
	return a->stage != b->stage ? a->stage < b->stage : a->runs < b->runs;
}

/* What the worker has read is younger than KNOWN. A question that was asked while a write was
 * under way may still show what was there before. */
static bool is_news(const struct desk *desk, const struct noticed *noticed,
		    const struct record *known)
{
	int64_t younger_ms = ms_between(known->read, noticed->record.read);
	bool beside_a_write = younger_ms < desk->settings.policy.lease_ms;

	return noticed->tables == TABLES_THERE && younger_ms >= 0 &&
	       !(beside_a_write && is_behind(&noticed->record, known));
}

/* What NODE has recorded, as it was read last, by its worker or under the claim. */
static void take_record(struct desk *desk, unsigned node)
{
	const struct claimant_cell *claim = &desk->claim[node];
	const struct noticed *noticed = &desk->cell[node].noticed;
	struct record *record = &desk->record[node];

	if (claim->held) {
		if (instant_is_set(claim->record.read))
			*record = claim->record;
		else
			record->read = NEVER; /* not read yet, or being written just now */
	} else {
		if (!instant_before(claim->record.read, record->read))
			*record = claim->record;
		if (is_news(desk, noticed, record))
			*record = noticed->record;
		record->sent = NEVER;
	}
	record->recent = noticed->record.recent;
}

static void take_claim(const struct desk *desk, struct view *view)
{
	for (unsigned i = 0; i < NODES; i++) {
		const struct claimant_cell *claim = &desk->claim[i];
		bool ordered = desk->claimant[i].wanted;
		/* Of two, one is being given back. */
		if (claim->held && (!view->claim.held || ordered))
			view->claim = (struct claim_view) { true, other_node(i), claim->since };
	}
}

/* Both nodes say so of NODE: when the older answer was asked for. */
static struct instant active(const struct desk *desk, unsigned node)
{
	const struct noticed *a = &desk->cell[0].noticed, *b = &desk->cell[1].noticed;

	if (!a->active[node] || !b->active[node])
		return NEVER;
	return instant_before(a->hearsay.asked, b->hearsay.asked) ? a->hearsay.asked
								  : b->hearsay.asked;
}

/* Can failures be recorded? Where they cannot there is no claim, and a failover is done at once;
 * that goes on until the node has recovered. What is not known yet may turn out to be there. */
static bool can_claim(const struct desk *desk)
{
	bool can = true;

	for (unsigned i = 0; i < NODES; i++)
		can = can && desk->cell[i].noticed.tables != TABLES_MISSING &&
		      !desk->claim[i].refused && !desk->memory.node[i].failed;
	return can;
}

/* ----------------------------------------------------------------------- the view */

static void read_cells(struct desk *desk)
{
	struct board *board = desk->decider->board;

	for (unsigned i = 0; i < NODES; i++) {
		int id = desk->settings.order[i].node.id;

		board_read(board, CELL_NODE_0 + i, &desk->cell[i], sizeof desk->cell[i]);
		board_read(board, CELL_CLAIM_0 + i, &desk->claim[i], sizeof desk->claim[i]);
		/* What was said of another node that had this place before says nothing. */
		if (desk->cell[i].node_id != id)
			desk->cell[i] = (struct worker_cell) { 0 };
		if (desk->claim[i].node_id != id)
			desk->claim[i] = (struct claimant_cell) { 0 };
	}
	for (unsigned i = 0; i < desk->settings.arbiters; i++) {
		struct arbiter_cell *cell = &desk->arbiter[i];
		if (!board_read(board, CELL_ARBITER_0 + i, cell, sizeof *cell) ||
		    strcmp(cell->name, desk->settings.arbiter[i].name) != 0)
			*cell = (struct arbiter_cell) { 0 };
	}
	for (unsigned i = 0; i < desk->settings.proxies; i++) {
		struct proxy_cell *cell = &desk->proxy[i];
		if (!board_read(board, CELL_PROXY_0 + i, cell, sizeof *cell) ||
		    strcmp(cell->name, desk->settings.proxy[i].config.name) != 0)
			*cell = (struct proxy_cell) { .view = { .route = NODES,
								.file.node = NODES } };
	}
}

void gather(struct desk *desk, struct view *view)
{
	*view = (struct view) { 0 };
	read_cells(desk);
	place(desk);
	for (unsigned i = 0; i < NODES; i++) {
		view->node[i] = desk->cell[i].observation;
		take_peers(desk, &desk->cell[i].noticed.hearsay);
		take_record(desk, i);
		view->node[i].active = active(desk, i);
		view->record[i] = desk->record[i];
		view->run[i] =
			executor_run(desk->decider->executor, desk->settings.order[i].node.id);
	}
	for (unsigned i = 0; i < desk->settings.arbiters; i++) {
		view->arbiter[i] = desk->arbiter[i].view;
		take_peers(desk, &desk->arbiter[i].hearsay);
	}
	for (unsigned i = 0; i < desk->settings.proxies; i++) {
		view->proxy[i] = desk->proxy[i].view;
		desk->settings.policy.layout.proxy[i].one_eyed = desk->proxy[i].one_eyed;
	}
	view->node[0].level = view->node[1].level =
		links_level(desk->cell, desk->settings.max_lag_bytes);
	memcpy(view->peer, desk->peer, sizeof view->peer);
	take_claim(desk, view);
	desk->settings.policy.watches_links = links_watched(desk->cell);
	desk->settings.policy.claims = can_claim(desk);
	view->made = clock_now();
	view->word = desk->operator_word;
	view->crowded =
		desk->cell[0].repl.setup.nodes > NODES || desk->cell[1].repl.setup.nodes > NODES;
	view->rival = !desk->decider->ignore_rival && rival_seen(desk, view->made);
}
