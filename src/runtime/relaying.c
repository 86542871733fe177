/* SPDX-License-Identifier: PostgreSQL */
#include "relaying.h"

enum status relaying_ask(struct relaying *relaying, struct session *session,
			 const struct relay_order *order, const struct sight *own,
			 const struct pg_wait *wait, struct noticed *noticed,
			 struct pg_failure *failure)
{
	struct bulletin *last = &relaying->last;
	struct sight sight[NODES] = { order->sight[0], order->sight[1] };
	char text[RELAY_TEXT_MAX];

	sight_take(&sight[relaying->node], own);
	exchange_write(&relaying->exchange, order, sight, &last->board.clock, text);
	struct bulletin_question question = {
		.text = text,
		.own_id = order->id[relaying->node],
		.failed_id = order->id[1 - relaying->node],
		.recent_ms = order->recent_ms,
	};
	enum status st = bulletin_ask(session, &question, wait, last, failure);
	if (st != OK)
		return st;
	*noticed = (struct noticed) { .tables = last->tables, .record = last->record };
	/* The bulletin has the node itself first. */
	noticed->active[relaying->node] = last->active[0];
	noticed->active[1 - relaying->node] = last->active[1];
	exchange_take(&relaying->exchange, order, sight, &last->board, &noticed->hearsay);
	return OK;
}
