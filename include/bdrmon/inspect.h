/* SPDX-License-Identifier: PostgreSQL */
/* inspect.h - one look at all that a configuration names, nodes, arbiters and proxies, without a
 * daemon: for "config check --live". Nothing is changed anywhere.
 */
#ifndef BDRMON_INSPECT_H
#define BDRMON_INSPECT_H

#include "bdrmon/config.h"
#include "bdrmon/once.h"
#include "bdrmon/proxy_lint.h"

struct inspected_arbiter {
	char name[NAME_TEXT_MAX];
	struct probe_result result; /* OUTCOME_NONE: no answer before the deadline */
};

struct inspected_proxy {
	char name[NAME_TEXT_MAX];
	enum status looked; /* OK: it was looked at; else ERR says why not */
	struct error err;
	unsigned route; /* the node that it points to; NODES: not known */
	int64_t outage_ms, outage_step_ms[OUTAGE_STEPS];
	struct lint_report report;
};

struct inspection {
	struct once_sight node[NODES];
	unsigned arbiters, proxies;
	struct inspected_arbiter arbiter[ARBITERS_MAX];
	struct inspected_proxy proxy[PROXIES_MAX];
};

/* Look at all of them, the nodes first, then all others, each in a thread of its own. A thread
 * that hangs is left behind: the caller must end the process with _exit().
 *
 * inspection  large; always written
 * Errors: ERR_CONFIG (a connection string), ERR_SYSTEM, ERR_TIMEOUT: a node did neither answer
 *         nor fail in time */
enum status inspect(const struct config *config, struct inspection *inspection, struct error *err);

#endif
