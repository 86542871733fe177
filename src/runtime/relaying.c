/* SPDX-License-Identifier: PostgreSQL */
#include "relaying.h"

#include "bdrmon/clock.h"
#include "bdrmon/decide.h"
#include "bdrmon/strbuf.h"

#include <string.h>

void relaying_begin(struct relaying *relaying)
{
	relaying->pinned = false;
}

struct instant relaying_due(const struct relaying *relaying, const struct relay_order *order)
{
	bool changed = !relaying->pinned;

	for (unsigned i = 0; i < NODES; i++)
		changed = changed || order->sight[i].health != relaying->health[i];
	return changed || order->hurry ? instant_add_ms(relaying->asked, HURRY_MS) : NEVER;
}

static void take_peer(struct relaying *relaying, unsigned peer, const char *text,
		      const struct relay *relay, const struct relay_order *order,
		      struct noticed *noticed)
{
	const struct bulletin *last = &relaying->last;

	if (strcmp(relaying->text[peer], text) != 0) {
		COPY_TEXT(relaying->text[peer], text);
		relaying->seen[peer] = last->asked;
	}
	noticed->heard[peer] = true;
	noticed->peer_settings[peer] = relay->settings;
	for (unsigned i = 0; i < NODES; i++)
		noticed->peer[peer].sight[i] =
			relay_sight(relay, order->id[i], last->asked, relaying->seen[peer],
				    last->clock.said_ms);
}

/* Of one peer's texts the youngest one counts, which is the last. */
static void take_texts(struct relaying *relaying, const struct relay_order *order,
		       struct noticed *noticed)
{
	const struct bulletin *last = &relaying->last;
	struct relay relay[BULLETIN_TEXTS_MAX];
	bool good[BULLETIN_TEXTS_MAX];

	for (unsigned t = 0; t < last->texts; t++)
		good[t] = relay_read(last->text[t], &relay[t]);
	for (unsigned p = 0; p < order->peers; p++) {
		unsigned t = last->texts;
		while (t > 0 && !(good[t - 1] && relay_is_from(&relay[t - 1], order->peer[p])))
			t--;
		if (t > 0)
			take_peer(relaying, p, last->text[t - 1], &relay[t - 1], order, noticed);
	}
}

enum status relaying_ask(struct relaying *relaying, struct session *session,
			 const struct relay_order *order, const struct sight *own,
			 const struct pg_wait *wait, struct noticed *noticed,
			 struct pg_failure *failure)
{
	struct bulletin *last = &relaying->last;
	struct sight sight[NODES] = { order->sight[0], order->sight[1] };
	char text[RELAY_TEXT_MAX];

	sight_take(&sight[relaying->node], own);
	relay_write(text, order->monitor, order->settings, order->id, sight, &last->clock);
	struct bulletin_question question = {
		.text = text,
		.own_id = order->id[relaying->node],
		.failed_id = order->id[1 - relaying->node],
		.recent_ms = order->recent_ms,
	};
	relaying->asked = clock_now();
	enum status st = bulletin_ask(session, &question, wait, last, failure);
	if (st != OK)
		return st;
	relaying->pinned = true;
	for (unsigned i = 0; i < NODES; i++)
		relaying->health[i] = sight[i].health;
	*noticed = (struct noticed) {
		.asked = last->asked,
		.generation = order->generation,
		.tables = last->tables,
		.record = last->record,
	};
	/* The bulletin has the node itself first. */
	noticed->active[relaying->node] = last->active[0];
	noticed->active[1 - relaying->node] = last->active[1];
	take_texts(relaying, order, noticed);
	return OK;
}
