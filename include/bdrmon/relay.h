/* SPDX-License-Identifier: PostgreSQL */
/* relay.h - what a monitor sees, as the other monitors read it: the application_name of the
 * sessions that it holds. So monitors that cannot reach each other hear each other through
 * any node, or arbiter, that both reach; no table, port or grant is needed for it. Pure.
 * (two-node rules, The sight matrix)
 *
 *   bdrmon/1 m=node1 c=1a2b3c4d 1=umim4y8qk 2=dmim4y8hz
 *
 * 1 is the protocol; m the monitor; c a hash over the settings that all monitors should have
 * alike; then for each node, by its ID, what is seen, as one letter, and when it was asked
 * for. That moment is on the clock of the server where the text stands: the writer knows what
 * that one has said of its clock, the reader asks for it with the text. Both count so that
 * the moment is never too late, however long an answer is on its way.
 */
#ifndef BDRMON_RELAY_H
#define BDRMON_RELAY_H

#include "bdrmon/sight.h"

/* PostgreSQL cuts the name of an application behind 63 bytes. */
#define RELAY_TEXT_MAX 64

/* Every text of a protocol that this bdrmon understands begins so. */
#define RELAY_BEGIN "bdrmon/1 "

/* What a server has said of its clock last, and when that was heard. */
struct server_clock {
	struct instant heard; /* never: it has not said anything */
	int64_t said_ms;      /* since 1970 */
};

struct relayed {
	int id; /* of the node */
	/* What is seen of it; with `used': it was seen in use through a proxy. */
	enum health health;
	bool used;
	int64_t at_ms; /* when, on the server's clock */
};

struct relay {
	char monitor[RELAY_TEXT_MAX]; /* as it stands in the text: see relay_is_from() */
	uint32_t settings;
	unsigned count;
	struct relayed node[NODES];
};

/* Write what MONITOR sees of the nodes with these IDs, for the server with CLOCK. A name that
 * is too long stands there as a hash. A node of which nothing is known is left out. */
void relay_write(char text[RELAY_TEXT_MAX], const char *monitor, uint32_t settings,
		 const int id[NODES], const struct sight sight[NODES],
		 const struct server_clock *clock);

/* False: this is none, or of another protocol. */
bool relay_read(const char *text, struct relay *relay);

/* Did MONITOR write it? */
bool relay_is_from(const struct relay *relay, const char *monitor);

/* The sight of node ID on my own clock. The text was asked for at ASKED, when I had not seen
 * it before SEEN, and the server's clock showed SERVER_NOW_MS while it answered. Without
 * evidence: the node is not in it, or the server's clock was set. */
struct sight relay_sight(const struct relay *relay, int id, struct instant asked,
			 struct instant seen, int64_t server_now_ms);

#endif
