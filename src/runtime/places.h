/* SPDX-License-Identifier: PostgreSQL */
/* places.h - who else watches, and what fails together: from names to the core's layout. Pure.
 *
 * A node's host is a domain, called as the node. A monitor that is named as a node is on its
 * host; any other one is a domain of its own, unless it says otherwise for itself. An arbiter is
 * in the domain that its section names, else in one of its name. A proxy is in the domain that
 * its section names, else by its host: that of the node whose host it is, else one called as
 * the host. (two-node rules, 3)
 */
#ifndef BDRMON_RUNTIME_PLACES_H
#define BDRMON_RUNTIME_PLACES_H

#include "bdrmon/layout.h"

/* A proxy. All texts are borrowed, and empty where nothing is said. */
struct proxy_known {
	const char *name;
	const char *domain;
	const char *host; /* of its console: a name, an address, or a unix socket's directory */
	const char *home; /* a node's name */
};

/* What is known. All texts are borrowed. */
struct places_known {
	const char *monitor;
	const char *domain;      /* of this monitor; empty: by its place */
	bool local_none;         /* it is on no node's host; else on that of node 0 */
	const char *node[NODES]; /* names; empty: not known yet */
	unsigned monitors;       /* that are named; 0: none, and there is one for each node */
	const char (*named)[NAME_TEXT_MAX];
	/* One of the others was heard. Those that nobody has named may not be there at all: they
	 * count when one was heard. */
	bool heard;
	unsigned arbiters;
	const char *arbiter[ARBITERS_MAX];        /* names */
	const char *arbiter_domain[ARBITERS_MAX]; /* empty: by its name */
	unsigned proxies;
	struct proxy_known proxy[PROXIES_MAX];
	const char *node_host[NODES]; /* as `host' of a proxy; looked at if there are proxies */
};

struct places {
	struct layout layout;
	unsigned peers; /* that are listened to; layout.peers of them, or none, count */
	char peer[PEERS_MAX][NAME_TEXT_MAX];
	char arbiter[ARBITERS_MAX][NAME_TEXT_MAX]; /* layout.arbiters of them */
	char proxy[PROXIES_MAX][NAME_TEXT_MAX];    /* layout.proxies of them */
	char domain[DOMAINS_MAX][NAME_TEXT_MAX];   /* the domains' names */
};

void places_make(const struct places_known *known, struct places *places);

#endif
