/* SPDX-License-Identifier: PostgreSQL */
#include "exchange.h"

#include "bdrmon/clock.h"
#include "bdrmon/decide.h"
#include "bdrmon/strbuf.h"

#include <string.h>

struct instant exchange_due(const struct exchange *exchange, const struct relay_order *order)
{
	bool changed = !exchange->pinned;

	for (unsigned i = 0; i < NODES; i++)
		changed = changed || order->sight[i].health != exchange->health[i];
	return changed || order->hurry ? instant_add_ms(exchange->asked, HURRY_MS) : NEVER;
}

void exchange_write(struct exchange *exchange, const struct relay_order *order,
		    const struct sight sight[NODES], const struct server_clock *clock,
		    char text[RELAY_TEXT_MAX])
{
	relay_write(text, order->monitor, order->settings, order->id, sight, clock);
	exchange->asked = clock_now();
}

static void take_peer(struct exchange *exchange, unsigned peer, const char *text,
		      const struct relay *relay, const struct relay_order *order,
		      const struct pinboard *board, struct hearsay *hearsay)
{
	if (strcmp(exchange->text[peer], text) != 0) {
		COPY_TEXT(exchange->text[peer], text);
		exchange->seen[peer] = board->asked;
	}
	hearsay->heard[peer] = true;
	hearsay->settings[peer] = relay->settings;
	for (unsigned i = 0; i < NODES; i++)
		hearsay->peer[peer].sight[i] =
			relay_sight(relay, order->id[i], board->asked, exchange->seen[peer],
				    board->clock.said_ms);
}

/* Of one peer's texts the youngest one counts, which is the last. */
static void take_texts(struct exchange *exchange, const struct relay_order *order,
		       const struct pinboard *board, struct hearsay *hearsay)
{
	struct relay relay[PIN_TEXTS_MAX];
	bool good[PIN_TEXTS_MAX];

	for (unsigned t = 0; t < board->texts; t++)
		good[t] = relay_read(board->text[t], &relay[t]);
	for (unsigned p = 0; p < order->peers; p++) {
		unsigned t = board->texts;
		while (t > 0 && !(good[t - 1] && relay_is_from(&relay[t - 1], order->peer[p])))
			t--;
		if (t > 0)
			take_peer(exchange, p, board->text[t - 1], &relay[t - 1], order, board,
				  hearsay);
	}
}

void exchange_take(struct exchange *exchange, const struct relay_order *order,
		   const struct sight sight[NODES], const struct pinboard *board,
		   struct hearsay *hearsay)
{
	exchange->pinned = true;
	for (unsigned i = 0; i < NODES; i++)
		exchange->health[i] = sight[i].health;
	*hearsay = (struct hearsay) { .asked = board->asked, .generation = order->generation };
	take_texts(exchange, order, board, hearsay);
}
