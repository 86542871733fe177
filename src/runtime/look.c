/* SPDX-License-Identifier: PostgreSQL */
#include "look.h"

#include "bdrmon/clock.h"
#include "decider.h"

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

static void look_at_node(const struct decider_cell *decided, const struct view *view, unsigned node,
			 struct cluster_node *out)
{
	const struct record *record = &decided->record[other_node(node)];

	out->failed = decided->memory.node[node].failed || record_open(record);
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
	struct view view = { .made = clock_now() };

	if (!board_read(board, CELL_DECIDER, &decided, sizeof decided))
		return;
	for (unsigned i = 0; i < NODES; i++) {
		if (board_read(board, CELL_NODE_0 + i, &cell[i], sizeof cell[i]) &&
		    cell[i].node_id == decided.node[i].id)
			view.node[i] = cell[i].observation;
	}
	sight->made = decided.decision.made;
	sight->started = decided.started;
	sight->paused_until = decided.paused_until;
	sight->rival = decided.rival;
	sight->max_lag_bytes = decided.max_lag_bytes;
	sight->has_claim = decided.claim.held;
	look_at_peers(&decided, view.made, sight);
	look_at_arbiters(board, &decided, view.made, sight);
	for (unsigned i = 0; i < NODES; i++) {
		look_at_node(&decided, &view, i, &sight->node[i]);
		sight->node[i].repl = cell[i].repl;
		sight->node[i].missing = cell[1 - i].other_missing;
	}
}
