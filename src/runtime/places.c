/* SPDX-License-Identifier: PostgreSQL */
#include "places.h"

#include "bdrmon/strbuf.h"

#include <assert.h>
#include <string.h>

/* The number of the domain NAME, which may be new. */
static unsigned domain(struct places *places, unsigned *count, const char *name)
{
	unsigned d = 0;

	while (d < *count && strcmp(places->domain[d], name) != 0)
		d++;
	if (d == *count) {
		assert(d < DOMAINS_MAX);
		COPY_TEXT(places->domain[(*count)++], name);
	}
	return d;
}

static void add_peer(struct places *places, const char *name, const char *me)
{
	if (name[0] != '\0' && strcmp(name, me) != 0 && places->peers < PEERS_MAX)
		COPY_TEXT(places->peer[places->peers++], name);
}

static void find_peers(const struct places_known *known, struct places *places)
{
	for (unsigned i = 0; i < known->monitors; i++)
		add_peer(places, known->named[i], known->monitor);
	/* The one on the host of my own node is I. */
	for (unsigned i = known->local_none ? 0 : 1; i < NODES && known->monitors == 0; i++)
		add_peer(places, known->node[i], known->monitor);
}

static const char *own_domain(const struct places_known *known)
{
	if (known->domain[0] != '\0')
		return known->domain;
	return known->local_none ? known->monitor : known->node[0];
}

static void place_arbiters(const struct places_known *known, struct places *places,
			   unsigned *domains)
{
	struct layout *layout = &places->layout;

	layout->arbiters = known->arbiters;
	for (unsigned i = 0; i < known->arbiters; i++) {
		bool placed = known->arbiter_domain[i][0] != '\0';
		COPY_TEXT(places->arbiter[i], known->arbiter[i]);
		layout->arbiter[i] = domain(places, domains,
					    placed ? known->arbiter_domain[i] : known->arbiter[i]);
	}
}

void places_make(const struct places_known *known, struct places *places)
{
	static const char *const unnamed[NODES] = { "one node", "the other node" };
	unsigned count = 0;

	*places = (struct places) { 0 };
	struct layout *layout = &places->layout;
	for (unsigned i = 0; i < NODES; i++) {
		bool named = known->node[i][0] != '\0';
		layout->node[i] = domain(places, &count, named ? known->node[i] : unnamed[i]);
	}
	layout->me = domain(places, &count, own_domain(known));
	find_peers(known, places);
	if (known->monitors > 0 || known->heard)
		layout->peers = places->peers;
	for (unsigned i = 0; i < layout->peers; i++)
		layout->peer[i] = domain(places, &count, places->peer[i]);
	place_arbiters(known, places, &count);
}
