/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/report.h"

#include "bdrmon/lookup.h"

#include <assert.h>

static const char *const names[STATES] = {
	[STATE_OK] = "OK",
	[STATE_WARNING] = "WARNING",
	[STATE_CRITICAL] = "CRITICAL",
	[STATE_UNKNOWN] = "UNKNOWN",
};

const char *state_name(enum state state)
{
	assert(state < ARRAY_LEN(names));
	return names[state];
}

static struct strbuf next_reason(struct report *report)
{
	assert(report->reasons < REASONS_MAX);
	return STRBUF(report->reason[report->reasons++]);
}

static void judge_node(struct report *report, const struct report_node *node)
{
	const struct probe_result *result = &node->result;
	enum outcome_class class = outcome_class(result->outcome);

	if (class == CLASS_ALIVE || class == CLASS_FAULT)
		report->nodes_up++;
	if (class == CLASS_FAILED || class == CLASS_TRANSIENT)
		report->nodes_down++;
	if (class == CLASS_ALIVE || node->id == 0)
		return;
	struct strbuf reason = next_reason(report);
	strbuf_printf(&reason, "node \"%s\" (ID: %d) %s at %s: %s", node->name, node->id,
		      outcome_name(result->outcome), step_name(result->step), result->reason);
}

void report_judge(struct report *report, const char *missing)
{
	unsigned known = 0;

	report->nodes_up = report->nodes_down = report->reasons = 0;
	for (unsigned i = 0; i < NODES; i++) {
		judge_node(report, &report->node[i]);
		known += report->node[i].id != 0;
	}
	if (known < NODES) {
		struct strbuf reason = next_reason(report);
		strbuf_printf(&reason, "the other node is not known: %s", missing);
	}
	if (report->nodes_up == 0)
		report->state = STATE_CRITICAL;
	else
		report->state = report->reasons > 0 ? STATE_WARNING : STATE_OK;
}

void report_unknown(struct report *report, const char *cluster, const char *reason)
{
	*report = (struct report) { .cluster = cluster, .state = STATE_UNKNOWN };
	struct strbuf text = next_reason(report);
	strbuf_add(&text, reason);
}
