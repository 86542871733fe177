/* SPDX-License-Identifier: PostgreSQL */
/* announce.h - from what happened to what people and their command are told. */
#ifndef BDRMON_RUNTIME_ANNOUNCE_H
#define BDRMON_RUNTIME_ANNOUNCE_H

#include "bdrmon/decide.h"
#include "bdrmon/executor.h"
#include "policy.h"
#include "scribe.h"

struct announcer {
	const struct settings *settings; /* borrowed; the order's id is 0: node not known yet */
	struct executor *executor;       /* borrowed */
	struct scribe *scribe;           /* borrowed */
	const struct worker_cell *cell;  /* what the workers know of their NODES nodes; borrowed */
	/* What is written with the record of a node's failure, by that node, and not by the
	 * scribe; NULL: nothing is recorded. Borrowed. */
	struct row *recorded;
};

/* Log the action of a decision, and have it written as an event and told to the notification
 * command. */
void announce_action(const struct announcer *announcer, const struct action *action);

/* Make the ROW of an event about NODE that another monitor has announced and not written. */
void announce_again(const struct announcer *announcer, enum event_kind event, unsigned node,
		    struct row *row);

/* Log that a failure's record comes to another step, so long after NODE's first doubt; less than
 * 0: there is none. */
void announce_stage(const struct announcer *announcer, unsigned node, const struct stage_rule *rule,
		    int64_t after_us);

/* The same for the monitor's own start, reload and shutdown; `cell' is not needed. */
void announce_monitor(const struct announcer *announcer, enum event_kind event);

/* The same for an order of the operator's; TEXT says who and what. */
void announce_order(const struct announcer *announcer, const char *text);

/* Log that another rule holds for NODE. */
void announce_rule(const struct announcer *announcer, unsigned node, const struct rule *rule);

#endif
