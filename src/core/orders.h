/* SPDX-License-Identifier: PostgreSQL */
/* orders.h - from the rules that hold to orders and actions. */
#ifndef BDRMON_CORE_ORDERS_H
#define BDRMON_CORE_ORDERS_H

#include "bdrmon/decide.h"

/* A decision in the making. */
struct matter {
	struct memory *memory;
	const struct view *view;
	const struct decide_policy *policy;
	struct decision *decision;
};

/* What follows from the rule and the stage of NODE, the claim apart. */
void order_node(const struct matter *m, unsigned node);

/* Which claim to have: there is one for all nodes. */
void order_claim(const struct matter *m);

/* What to reserve, and what to give up. */
void order_arbiters(const struct matter *m);

/* What follows from the rule of PROXY. */
void order_proxy(const struct matter *m, unsigned proxy);

#endif
