/* SPDX-License-Identifier: PostgreSQL */
/* policy.h - the slices of the configuration that other layers receive. Pure, but for
 * the other node's record, which may have to be read from the state directory.
 */
#ifndef BDRMON_RUNTIME_POLICY_H
#define BDRMON_RUNTIME_POLICY_H

#include "bdrmon/config.h"
#include "bdrmon/decide.h"
#include "arbiter.h"
#include "proxy_worker.h"
#include "worker.h"

/* What the decider knows of the configuration. */
struct settings {
	struct decide_policy policy;
	char cluster[NAME_TEXT_MAX];
	char monitor[NAME_TEXT_MAX];
	bool local_none;
	char domain[NAME_TEXT_MAX]; /* [monitor] domain; empty: by its place */
	unsigned monitors;          /* that are named; 0: none */
	char named[MONITORS_MAX][NAME_TEXT_MAX];
	int64_t max_lag_bytes; /* more to come, and a node has not recovered */
	event_set notify;
	/* Which nodes there are and what their workers must know. */
	struct worker_order order[NODES];
	unsigned arbiters;
	struct arbiter_order arbiter[ARBITERS_MAX]; /* the same of the arbiters */
	char arbiter_domain[ARBITERS_MAX][NAME_TEXT_MAX];
	unsigned proxies;
	struct proxy_worker_order proxy[PROXIES_MAX]; /* large: not on a thread's stack */
};

/* Make the slices. The other node's record is taken from the configuration, else from
 * what is kept in the state directory; its id is 0 if only repmgr.nodes can tell.
 *
 * settings  written on OK only
 * Errors:   ERR_CONFIG  a connection string; the text names file and line
 */
enum status policy_settings(const struct config *config, struct settings *settings,
			    struct error *err);

/* Where the other node's record is kept. It borrows CONFIG's texts. */
struct known_place policy_known(const struct config *config);

#endif
