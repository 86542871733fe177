/* SPDX-License-Identifier: PostgreSQL */
/* event.h - the events by their names. The names are repmgr's where repmgr has
 * the event; scripts and the event_notifications filter depend on them. Pure.
 */
#ifndef BDRMON_EVENT_H
#define BDRMON_EVENT_H

#include <stdbool.h>
#include <stdint.h>

enum event_kind {
	EVENT_BDR_FAILOVER,
	EVENT_BDR_RECOVERY,
	EVENT_BDR_RECONNECT,
	EVENT_BDR_NO_FAILOVER,
	EVENT_BDR_PARTITION,
	EVENT_BDR_ROUTE,
	EVENT_BDRMON_ORDER,
	EVENT_REPMGRD_START,
	EVENT_REPMGRD_RELOAD,
	EVENT_REPMGRD_SHUTDOWN,
	EVENT_KINDS
};

/* What the executor keeps in order: events of one lane run one after the other,
 * those of two lanes may run side by side, so that a slow command for an event of
 * no urgency never holds up a failover. */
enum event_lane {
	LANE_FAILOVER, /* never dropped */
	LANE_NOTICE,
	EVENT_LANES
};

struct event_type {
	const char *name;
	enum event_lane lane;
	bool repmgr;       /* repmgr 4 has it: reaches the command without being named */
	const char *means; /* for people */
};

const struct event_type *event_type(enum event_kind kind);

/* Find the event NAME; false, and *kind untouched, if there is none. */
bool event_by_name(const char *name, enum event_kind *kind);

/* A set of events, one bit each. */
typedef uint32_t event_set;

static inline event_set event_bit(enum event_kind kind)
{
	return (event_set)1 << kind;
}

/* The events that reach the notification command if nobody names any: repmgr's. */
event_set event_set_default(void);

#endif
