/* SPDX-License-Identifier: PostgreSQL */
/* names.h - what the numbers in a decision are called, for explain.h. */
#ifndef BDRMON_RUNTIME_NAMES_H
#define BDRMON_RUNTIME_NAMES_H

#include "bdrmon/explain.h"
#include "bdrmon/node_record.h"
#include "places.h"

/* All texts are borrowed. */
static inline struct explain_names names_of(const char *monitor, const struct places *places,
					    const char *const node[NODES])
{
	struct explain_names names = { .me = monitor };

	for (unsigned i = 0; i < NODES; i++)
		names.node[i] = node[i];
	for (unsigned i = 0; i < PEERS_MAX; i++)
		names.peer[i] = places->peer[i];
	for (unsigned i = 0; i < PROXIES_MAX; i++)
		names.proxy[i] = places->proxy[i];
	for (unsigned i = 0; i < ARBITERS_MAX; i++)
		names.arbiter[i] = places->arbiter[i];
	for (unsigned i = 0; i < DOMAINS_MAX; i++)
		names.domain[i] = places->domain[i];
	return names;
}

#endif
