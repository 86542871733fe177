/* SPDX-License-Identifier: PostgreSQL */
/* announce.h - from what happened to what people and their command are told. */
#ifndef BDRMON_RUNTIME_ANNOUNCE_H
#define BDRMON_RUNTIME_ANNOUNCE_H

#include "bdrmon/decide.h"
#include "bdrmon/executor.h"
#include "policy.h"

struct announcer {
	const struct settings *settings; /* borrowed; the order's id is 0: node not known yet */
	struct executor *executor;       /* borrowed */
};

/* Log the action of a decision and hand it to the notification command. */
void announce_action(const struct announcer *announcer, const struct action *action);

/* The same for the monitor's own start and shutdown. */
void announce_monitor(const struct settings *settings, struct executor *executor,
		      enum event_kind event);

/* Log that another rule holds for NODE. */
void announce_rule(const struct announcer *announcer, unsigned node, const struct rule *rule);

#endif
