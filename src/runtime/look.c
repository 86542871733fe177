/* SPDX-License-Identifier: PostgreSQL */
#include "look.h"

#include "bdrmon/clock.h"
#include "decider.h"
#include "proxy_worker.h"

#include <string.h>

static void look_at_peers(const struct decider_cell *decided, struct instant now,
			  struct cluster_sight *sight)
{
	sight->peers = decided->places.layout.peers;
	for (unsigned i = 0; i < sight->peers; i++) {
		struct cluster_peer *peer = &sight->peer[i];
		bool lately = ms_between(decided->heard_at[i], now) <= decided->policy.stale_ms;
		COPY_TEXT(peer->name, decided->places.peer[i]);
		peer->silent = !lately;
		peer->settings_differ = decided->settings_differ[i];
	}
}

/* Its own cell tells, for it may have none in the view if it has never answered. */
static void look_at_arbiters(struct board *board, const struct decider_cell *decided,
			     struct instant now, struct cluster_sight *sight)
{
	sight->arbiters = decided->places.layout.arbiters;
	for (unsigned i = 0; i < sight->arbiters; i++) {
		struct cluster_arbiter *arbiter = &sight->arbiter[i];
		struct arbiter_cell cell = { 0 };
		COPY_TEXT(arbiter->name, decided->places.arbiter[i]);
		bool known = board_read(board, CELL_ARBITER_0 + i, &cell, sizeof cell) &&
			     strcmp(cell.name, arbiter->name) == 0;
		bool lately = ms_between(cell.view.asked, now) <= decided->policy.stale_ms;
		arbiter->silent = !known || !cell.answers || !lately;
		COPY_TEXT(arbiter->reason, known ? cell.reason : "");
	}
}

/* What its thread has seen. A move may take longer than a sight counts, and it does not look
 * meanwhile. */
static void take_proxy(const struct proxy_cell *cell, const struct decide_policy *policy,
		       struct instant now, struct cluster_proxy *proxy)
{
	const struct sight_policy how_old = view_sight_policy(policy);
	bool lately = ms_between(cell->view.asked, now) <= policy->stale_ms;

	proxy->moving = cell->moving;
	proxy->silent = !cell->answers || (!lately && !cell->moving);
	proxy->one_eyed = cell->answers && cell->one_eyed;
	COPY_TEXT(proxy->reason, cell->reason);
	COPY_TEXT(proxy->odd, cell->odd);
	COPY_TEXT(proxy->file_reason, cell->file_reason);
	COPY_TEXT(proxy->move_reason, cell->move_reason);
	proxy->unproven = cell->unproven;
	proxy->moves = cell->view.moves;
	proxy->epoch = cell->view.file.epoch;
	for (unsigned i = 0; i < NODES; i++) {
		proxy->sight[i] = cell->view.sight[i];
		proxy->sight[i].health = sight_health(&cell->view.sight[i], now, &how_old);
	}
}

/* Route and facts are those that the rule goes by. */
static void look_at_proxies(struct board *board, const struct decider_cell *decided,
			    struct instant now, struct cluster_sight *sight)
{
	sight->proxies = decided->places.layout.proxies;
	for (unsigned i = 0; i < sight->proxies; i++) {
		struct cluster_proxy *proxy = &sight->proxy[i];
		const struct route_explanation *e = &decided->decision.proxy[i];
		struct proxy_cell cell = { 0 };
		*proxy = (struct cluster_proxy) { .silent = true, .route = NODES };
		COPY_TEXT(proxy->name, decided->places.proxy[i]);
		if (board_read(board, CELL_PROXY_0 + i, &cell, sizeof cell) &&
		    strcmp(cell.name, proxy->name) == 0)
			take_proxy(&cell, &decided->policy, now, proxy);
		if (i >= decided->decision.proxies || e->rule == NULL)
			continue;
		proxy->route = e->route;
		proxy->rule = e->rule;
		proxy->facts = e->facts;
	}
}

static void look_at_node(const struct decider_cell *decided, const struct view *view, unsigned node,
			 struct cluster_node *out)
{
	const struct record *record = &decided->record[other_node(node)];

	out->failed = failure_open(&decided->memory, decided->record, node);
	out->stage = record_open(record) ? record->stage : STAGE_NONE;
	out->recordable = decided->recorded[node] != TABLES_MISSING;
	out->node = decided->node[node];
	out->observation = view->node[node];
	out->health = view_health(view, node, &decided->policy);
	out->memory = decided->memory.node[node];
	out->rule = decided->decision.node[node].rule;
	out->would = decided->decision.node[node].would;
}

void look(struct board *board, struct cluster_sight *sight)
{
	struct worker_cell cell[NODES] = { 0 };
	struct decider_cell decided = { 0 };
	struct view view = { 0 };

	if (!board_read(board, CELL_DECIDER, &decided, sizeof decided))
		return;
	for (unsigned i = 0; i < NODES; i++) {
		if (board_read(board, CELL_NODE_0 + i, &cell[i], sizeof cell[i]) &&
		    cell[i].node_id == decided.node[i].id)
			view.node[i] = cell[i].observation;
	}
	view.made = clock_now();
	sight->made = decided.decision.made;
	sight->started = decided.started;
	sight->paused_until = decided.paused_until;
	sight->rival = decided.rival;
	sight->max_lag_bytes = decided.max_lag_bytes;
	sight->has_claim = decided.claim.held;
	look_at_peers(&decided, view.made, sight);
	look_at_arbiters(board, &decided, view.made, sight);
	look_at_proxies(board, &decided, view.made, sight);
	for (unsigned i = 0; i < NODES; i++) {
		look_at_node(&decided, &view, i, &sight->node[i]);
		sight->node[i].repl = cell[i].repl;
		sight->node[i].missing = cell[1 - i].other_missing;
	}
}
