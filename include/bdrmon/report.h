/* SPDX-License-Identifier: PostgreSQL */
/* report.h - what one look at both nodes has found, judged once and printed in
 * several formats. Each format is a loop over one field table, so that a new field is
 * one row and stands in all of them. Pure.
 */
#ifndef BDRMON_REPORT_H
#define BDRMON_REPORT_H

#include "bdrmon/error.h"
#include "bdrmon/probe_result.h"
#include "bdrmon/strbuf.h"

/* Nagios' states; their numbers are the exit codes. */
enum state { STATE_OK, STATE_WARNING, STATE_CRITICAL, STATE_UNKNOWN, STATES };

const char *state_name(enum state state); /* "CRITICAL" */

struct report_node {
	int id; /* 0: not known, and result says nothing */
	const char *name;
	struct probe_result result;
};

#define REASONS_MAX       4
#define REPORT_REASON_MAX (ERROR_TEXT_MAX + REASON_MAX)

struct report {
	const char *cluster;
	struct report_node node[NODES];
	/* what report_judge() has found: */
	enum state state;
	unsigned nodes_up, nodes_down;
	unsigned reasons;
	char reason[REASONS_MAX][REPORT_REASON_MAX];
};

/* Fill the second half from the first. MISSING says why a node is not known; it may be
 * NULL. */
void report_judge(struct report *report, const char *missing);

/* A report of nothing but the fact that there is none, for REASON. */
void report_unknown(struct report *report, const char *cluster, const char *reason);

/* Nagios: one line with performance data, no longer than Nagios reads. */
#define NAGIOS_LINE_MAX 4096
void report_nagios(const struct report *report, struct strbuf *out);

/* One JSON document. */
#define JSON_MAX 16384
void report_json(const struct report *report, struct strbuf *out);

#endif
