/* SPDX-License-Identifier: PostgreSQL */
/* layout.h - which vantages are configured, and which of them fail together. Pure.
 *
 * A domain is a set of things that fail together, normally a host. Votes are counted by
 * domain: two proxies and a monitor on one host are one vote.
 */
#ifndef BDRMON_LAYOUT_H
#define BDRMON_LAYOUT_H

#include "bdrmon/limits.h"

#include <stdbool.h>
#include <stdint.h>

/* Domains are numbered from 0; a set of them has one bit each. */
#define DOMAINS_MAX (NODES + MONITORS_MAX + PROXIES_MAX + ARBITERS_MAX)

typedef uint32_t domain_set;

static inline domain_set domain_bit(unsigned domain)
{
	return (domain_set)1 << domain;
}

/* A proxy has no home. */
#define NO_HOME NODES

struct proxy_place {
	unsigned domain;
	unsigned home; /* the node where it belongs, or NO_HOME */
	bool one_eyed; /* it has no probe aliases: it sees only the node that it is routed to,
			* and is not counted for the other one */
};

struct layout {
	unsigned me;          /* my own domain */
	unsigned node[NODES]; /* that of each node's host, which can consent by itself */
	unsigned peers, proxies, arbiters;
	unsigned peer[PEERS_MAX]; /* their domains */
	struct proxy_place proxy[PROXIES_MAX];
	unsigned arbiter[ARBITERS_MAX];
};

#endif
