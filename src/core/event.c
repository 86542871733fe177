/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/event.h"

#include "bdrmon/lookup.h"

#include <string.h>

static const struct event_type types[EVENT_KINDS] = {
	[EVENT_BDR_FAILOVER] = { "bdr_failover", LANE_FAILOVER, true,
				 "a node has failed, and the other one takes over" },
	[EVENT_BDR_RECOVERY] = { "bdr_recovery", LANE_FAILOVER, true,
				 "a failed node has recovered" },
	[EVENT_BDR_RECONNECT] = { "bdr_reconnect", LANE_NOTICE, true,
				  "a node answers again before it counted as failed" },
	[EVENT_BDR_NO_FAILOVER] = { "bdr_no_failover", LANE_NOTICE, false,
				    "a node is down as seen from here, and stays in service; the "
				    "details say why" },
	[EVENT_BDR_PARTITION] = { "bdr_partition", LANE_NOTICE, false,
				  "a node is down as seen from here, and up as seen by others" },
	[EVENT_BDR_ROUTE] = { "bdr_route", LANE_NOTICE, false,
			      "a PgBouncer was pointed to the other node" },
	[EVENT_BDRMON_ORDER] = { "bdrmon_order", LANE_NOTICE, false,
				 "an operator has given an order; the details say who and what" },
	[EVENT_REPMGRD_START] = { "repmgrd_start", LANE_NOTICE, true, "the monitor has started" },
	[EVENT_REPMGRD_RELOAD] = { "repmgrd_reload", LANE_NOTICE, true,
				   "the monitor has read its configuration again" },
	[EVENT_REPMGRD_SHUTDOWN] = { "repmgrd_shutdown", LANE_NOTICE, true,
				     "the monitor is stopping" },
};

_Static_assert(EVENT_KINDS <= 32, "an event_set has 32 bits");

const struct event_type *event_type(enum event_kind kind)
{
	return &types[kind];
}

bool event_by_name(const char *name, enum event_kind *kind)
{
	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		if (strcmp(types[i].name, name) == 0) {
			*kind = (enum event_kind)i;
			return true;
		}
	}
	return false;
}

event_set event_set_default(void)
{
	event_set all = 0;
	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		if (types[i].repmgr)
			all |= event_bit((enum event_kind)i);
	}
	return all;
}
