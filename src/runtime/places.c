/* SPDX-License-Identifier: PostgreSQL */
#include "places.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <assert.h>
#include <string.h>

/* The number of the domain NAME, which may be new. A host's name may be longer than there is
 * room for: then its beginning counts, each time. */
static unsigned domain(struct places *places, unsigned *count, const char *whole)
{
	char name[NAME_TEXT_MAX];
	unsigned d = 0;

	COPY_TEXT(name, whole);
	while (d < *count && strcmp(places->domain[d], name) != 0)
		d++;
	if (d == *count) {
		assert(d < DOMAINS_MAX);
		COPY_TEXT(places->domain[d], name);
		++*count;
	}
	return d;
}

static void add_peer(struct places *places, const char *name, const char *me)
{
	if (name[0] == '\0' || strcmp(name, me) == 0 || places->peers == PEERS_MAX)
		return;
	COPY_TEXT(places->peer[places->peers], name);
	places->peers++;
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

/* Does HOST mean the host on which it is used? */
static bool is_here(const char *host)
{
	static const struct {
		const char *text;
		bool begins; /* else it is all of it */
	} here[] = {
		{ "", false },          { "/", true },    { "@", true },
		{ "localhost", false }, { "127.", true }, { "::1", false },
	};

	for (unsigned i = 0; i < ARRAY_LEN(here); i++) {
		size_t length = strlen(here[i].text) + !here[i].begins;
		if (strncmp(host, here[i].text, length) == 0)
			return true;
	}
	return false;
}

/* The domain of a proxy that does not say it. */
static unsigned domain_of_host(const struct places_known *known, struct places *places,
			       unsigned *domains, const char *host)
{
	bool same[NODES];

	for (unsigned i = 0; i < NODES; i++)
		same[i] = host[0] != '\0' && strcmp(known->node_host[i], host) == 0;
	/* If both nodes are there, none is meant: the monitors would choose different ones. */
	if (same[0] != same[1])
		return places->layout.node[same[0] ? 0 : 1];
	if (!same[0] && is_here(host))
		return places->layout.me;
	return domain(places, domains, host);
}

static unsigned home_of(const struct places_known *known, const char *home)
{
	for (unsigned i = 0; i < NODES; i++) {
		if (home[0] != '\0' && strcmp(known->node[i], home) == 0)
			return i;
	}
	return NO_HOME;
}

static void place_proxies(const struct places_known *known, struct places *places,
			  unsigned *domains)
{
	struct layout *layout = &places->layout;

	layout->proxies = known->proxies;
	for (unsigned i = 0; i < known->proxies; i++) {
		const struct proxy_known *proxy = &known->proxy[i];
		COPY_TEXT(places->proxy[i], proxy->name);
		layout->proxy[i] = (struct proxy_place) {
			.domain = proxy->domain[0] != '\0'
					  ? domain(places, domains, proxy->domain)
					  : domain_of_host(known, places, domains, proxy->host),
			.home = home_of(known, proxy->home),
		};
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
	place_proxies(known, places, &count);
	place_arbiters(known, places, &count);
}
