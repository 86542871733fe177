/* SPDX-License-Identifier: PostgreSQL */
/* policy.h - the slices of the configuration that other layers receive. Pure. */
#ifndef BDRMON_RUNTIME_POLICY_H
#define BDRMON_RUNTIME_POLICY_H

#include "bdrmon/config.h"
#include "bdrmon/decide.h"
#include "worker.h"

struct decide_policy policy_decide(const struct config *config);

/* The first order for the worker of node NODE of the configuration. The caller adds
 * the deadline of a probe: see policy_timeout_ms(). */
struct worker_order policy_order(const struct config *config, unsigned node);

/* Check a node's connection string and give the deadline of a probe: [probe] timeout,
 * or connect_timeout of the string, if that is smaller. */
enum status policy_timeout_ms(const struct config *config, const char *conninfo,
			      int64_t *timeout_ms, struct error *err);

#endif
