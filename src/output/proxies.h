/* SPDX-License-Identifier: PostgreSQL */
/* proxies.h - what there is to worry about in the proxies of a report. */
#ifndef BDRMON_OUTPUT_PROXIES_H
#define BDRMON_OUTPUT_PROXIES_H

#include "bdrmon/report.h"

/* It counts as up. */
static inline bool node_lives(const struct report_node *node)
{
	enum outcome_class class = outcome_class(node->result.outcome);
	return node->id != 0 && (class == CLASS_ALIVE || class == CLASS_FAULT);
}

/* Find each proxy's state and problem, and how many are off. */
void proxies_judge(struct report *report);

/* False: it is known of some proxies where they point, and none of those nodes can be used. */
bool proxies_live(const struct report *report);

#endif
