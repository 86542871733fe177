/* SPDX-License-Identifier: PostgreSQL */
/* One line for Nagios and its kin: text, then performance data behind a bar.
 * Source: Monitoring Plugins development guidelines. */
#include "fields.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* Thresholds of nodes_down: more than 0 is a warning, more than 1 critical. */
#define NODES_DOWN_LIMITS "0;1;0;2"

/* Labels must differ in their first 19 characters, and this much is left for the name. */
#define LABEL_NAME_MAX 14

/* The text must hold no bar, line feed or control character. */
static void add_text(struct strbuf *out, const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		bool harmful = *c == '|' || (unsigned char)*c < ' ' || *c == 0x7f;
		strbuf_add_char(out, harmful ? ' ' : *c);
	}
}

static void make_label(char label[LABEL_NAME_MAX + 1], const char *name)
{
	struct strbuf out = strbuf_over(label, LABEL_NAME_MAX + 1);
	for (const char *c = name; *c != '\0'; c++)
		strbuf_add_char(&out, isalnum((unsigned char)*c) || strchr("_.-", *c) ? *c : '_');
}

static void add_performance(const struct report *report, struct strbuf *out)
{
	char label[NODES][LABEL_NAME_MAX + 1];

	for (unsigned i = 0; i < NODES; i++)
		make_label(label[i], report->node[i].id != 0 ? report->node[i].name : "");
	bool alike = strcmp(label[0], label[1]) == 0;
	strbuf_printf(out, " | nodes_down=%u;" NODES_DOWN_LIMITS, report->nodes_down);
	for (unsigned i = 0; i < NODES; i++) {
		const struct report_node *node = &report->node[i];
		if (node->id == 0)
			continue;
		for (unsigned f = 0; f < report_field_count; f++) {
			const struct report_field *field = &report_fields[f];
			struct report_value value = field->get(node);
			if (!field->measured || value.kind != VALUE_SECONDS)
				continue;
			if (alike)
				strbuf_printf(out, " node%d_%s=", node->id, field->name);
			else
				strbuf_printf(out, " %s_%s=", label[i], field->name);
			strbuf_printf(out, "%" PRId64 ".%06" PRId64 "s;;;0", value.number / 1000000,
				      value.number % 1000000);
		}
	}
}

void report_nagios(const struct report *report, struct strbuf *out)
{
	strbuf_printf(out, "BDRMON %s: ", state_name(report->state));
	if (report->state != STATE_UNKNOWN)
		strbuf_printf(out, "%u of %d nodes up", report->nodes_up, NODES);
	for (unsigned i = 0; i < report->reasons; i++) {
		if (i > 0 || report->state != STATE_UNKNOWN)
			strbuf_add(out, "; ");
		add_text(out, report->reason[i]);
	}
	if (report->state != STATE_UNKNOWN)
		add_performance(report, out);
	strbuf_add_char(out, '\n');
}
