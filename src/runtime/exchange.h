/* SPDX-License-Identifier: PostgreSQL */
/* exchange.h - how monitors hear each other over the sessions that they hold, to a node or to
 * an arbiter: what is pinned up there (pinboard.h), when, and what the others' texts say.
 */
#ifndef BDRMON_RUNTIME_EXCHANGE_H
#define BDRMON_RUNTIME_EXCHANGE_H

#include "bdrmon/pinboard.h"
#include "bdrmon/view.h"

/* What is to be told, and to whom. */
struct relay_order {
	char monitor[NAME_TEXT_MAX];
	uint32_t settings; /* a hash over what all monitors should have alike */
	unsigned peers;
	char peer[PEERS_MAX][NAME_TEXT_MAX];
	int64_t recent_ms; /* max_failovers_within */
	/* By the decider: */
	unsigned generation; /* of the peers' names */
	int id[NODES];       /* 0: not known yet */
	struct sight sight[NODES];
	bool hurry;
};

/* What was read of the others. */
struct hearsay {
	struct instant asked; /* never: nothing yet */
	unsigned generation;  /* of the peers' names, as in the order */
	struct peer_view peer[PEERS_MAX];
	bool heard[PEERS_MAX];        /* it has a session there */
	uint32_t settings[PEERS_MAX]; /* the hash over its settings */
};

/* Of one place where texts are pinned up. */
struct exchange {
	struct instant asked; /* when it was tried last */
	bool pinned;          /* something of ours stands there, with these healths: */
	enum health health[NODES];
	/* When each peer's text was seen first: the server's clock may be set back. */
	char text[PEERS_MAX][RELAY_TEXT_MAX];
	struct instant seen[PEERS_MAX];
};

/* When to exchange again because something has changed or there is a hurry; never: no need. */
struct instant exchange_due(const struct exchange *exchange, const struct relay_order *order);

/* Write what is seen, which is SIGHT, for the server with CLOCK; it is going to be sent. */
void exchange_write(struct exchange *exchange, const struct relay_order *order,
		    const struct sight sight[NODES], const struct server_clock *clock,
		    char text[RELAY_TEXT_MAX]);

/* It stands there, and BOARD is what the others have pinned up: their sights to HEARSAY. */
void exchange_take(struct exchange *exchange, const struct relay_order *order,
		   const struct sight sight[NODES], const struct pinboard *board,
		   struct hearsay *hearsay);

#endif
