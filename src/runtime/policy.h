/* SPDX-License-Identifier: PostgreSQL */
/* policy.h - the slices of the configuration that other layers receive. Pure. */
#ifndef BDRMON_RUNTIME_POLICY_H
#define BDRMON_RUNTIME_POLICY_H

#include "bdrmon/config.h"
#include "bdrmon/decide.h"
#include "worker.h"

struct decide_policy policy_decide(const struct config *config);

/* The first orders for the workers. The other node's record is taken from the
 * configuration, else from what is kept in the state directory; its id is 0 if only
 * repmgr.nodes can tell.
 *
 * order   NODES of them, written on OK only
 * Errors: ERR_CONFIG  a connection string; the text names file and line
 */
enum status policy_orders(const struct config *config, struct worker_order order[NODES],
			  struct error *err);

/* Where the other node's record is kept. It borrows CONFIG's texts. */
struct known_place policy_known(const struct config *config);

/* Check a node's connection string and give the deadline of a probe: [probe] timeout,
 * or connect_timeout of the string, if that is smaller. Errors: ERR_CONFIG */
enum status policy_timeout_ms(const struct config *config, const char *conninfo,
			      int64_t *timeout_ms, struct error *err);

#endif
