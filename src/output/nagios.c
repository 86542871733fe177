/* SPDX-License-Identifier: PostgreSQL */
/* One line for Nagios and its kin: text, then performance data behind a bar.
 * Source: Monitoring Plugins development guidelines. */
#include "fields.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* Nagios reads 8192 bytes; NRPE and others less. */
#define NAGIOS_LINE_MAX 4096
#define PERFORMANCE_MAX 512

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

static void add_seconds(int64_t us, struct strbuf *out)
{
	value_write_seconds(us, out);
	strbuf_add(out, "s;;;0");
}

static void add_performance(const struct report *report, struct strbuf *out)
{
	char label[NODES][LABEL_NAME_MAX + 1];

	for (unsigned i = 0; i < NODES; i++)
		make_label(label[i], report->node[i].id != 0 ? report->node[i].name : "");
	bool alike = strcmp(label[0], label[1]) == 0;
	strbuf_printf(out, " | nodes_down=%u;%s;%s;0;%d", report->nodes_down,
		      report->limits.warning_text, report->limits.critical_text, NODES);
	/* One is critical. */
	if (report->proxies > 0)
		strbuf_printf(out, " proxies_off=%u;;0;0;%u", report->proxies_off, report->proxies);
	for (unsigned i = 0; i < NODES; i++) {
		const struct report_node *node = &report->node[i];
		if (node->id == 0)
			continue;
		for (unsigned f = 0; f < node_field_count; f++) {
			const struct node_field *field = &node_fields[f];
			struct report_value value = field->get(node);
			bool bytes = value.kind == VALUE_BYTES;
			if (!field->measured || (!bytes && value.kind != VALUE_SECONDS))
				continue;
			if (alike)
				strbuf_printf(out, " node%d_%s=", node->id, field->name);
			else
				strbuf_printf(out, " %s_%s=", label[i], field->name);
			if (bytes)
				strbuf_printf(out, "%" PRId64 "B;;;0", value.number);
			else
				add_seconds(value.number, out);
		}
	}
}

/* Whom the answer is from. */
static void add_source(const struct report *report, struct strbuf *out)
{
	if (report->monitor.here) {
		strbuf_add(out, " as monitor \"");
		add_text(out, report->monitor.name);
		strbuf_add(out, "\" sees them");
	} else {
		strbuf_add(out, " as probed now");
	}
}

void nagios_write(const struct report *report, struct strbuf *out)
{
	char memory[NAGIOS_LINE_MAX], figures[PERFORMANCE_MAX];
	struct strbuf performance = STRBUF(figures);

	if (report->state != STATE_UNKNOWN)
		add_performance(report, &performance);
	/* When there is too much to say, the text is cut and not the figures. */
	struct strbuf line = strbuf_over(memory, sizeof memory - performance.length);
	strbuf_printf(&line, "BDRMON %s: ", state_name(report->state));
	if (report->state != STATE_UNKNOWN) {
		strbuf_printf(&line, "%u of %d nodes up", report->nodes_up, NODES);
		add_source(report, &line);
	}
	for (unsigned i = 0; i < report->reasons; i++) {
		if (i > 0 || report->state != STATE_UNKNOWN)
			strbuf_add(&line, "; ");
		add_text(&line, report->reason[i]);
	}
	strbuf_add(out, memory);
	strbuf_add(out, figures);
	strbuf_add_char(out, '\n');
}
