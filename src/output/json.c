/* SPDX-License-Identifier: PostgreSQL */
/* One JSON document (RFC 8259), with null for what is not known. */
#include "fields.h"

#include <inttypes.h>

static void add_string(struct strbuf *out, const char *text)
{
	strbuf_add_char(out, '"');
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			strbuf_printf(out, "\\%c", *c);
		else if ((unsigned char)*c < ' ')
			strbuf_printf(out, "\\u%04x", (unsigned)(unsigned char)*c);
		else
			strbuf_add_char(out, *c);
	}
	strbuf_add_char(out, '"');
}

static void add_value(struct strbuf *out, const struct report_value *value)
{
	switch (value->kind) {
	case VALUE_ABSENT:
		strbuf_add(out, "null");
		break;
	case VALUE_INTEGER:
		strbuf_printf(out, "%" PRId64, value->number);
		break;
	case VALUE_SECONDS:
		strbuf_printf(out, "%" PRId64 ".%06" PRId64, value->number / 1000000,
			      value->number % 1000000);
		break;
	case VALUE_TEXT:
		add_string(out, value->text);
		break;
	}
}

static void add_node(const struct report_node *node, struct strbuf *out)
{
	for (unsigned f = 0; f < report_field_count; f++) {
		const struct report_field *field = &report_fields[f];
		struct report_value value = field->get(node);
		strbuf_add(out, f == 0 ? "{" : ", ");
		add_string(out, field->name);
		strbuf_add(out, ": ");
		add_value(out, &value);
	}
	strbuf_add_char(out, '}');
}

void report_json(const struct report *report, struct strbuf *out)
{
	unsigned written = 0;

	strbuf_printf(out,
		      "{\"status\": \"%s\", \"code\": %d, \"cluster\": ", state_name(report->state),
		      (int)report->state);
	add_string(out, report->cluster);
	strbuf_add(out, ", \"reasons\": [");
	for (unsigned i = 0; i < report->reasons; i++) {
		strbuf_add(out, i == 0 ? "" : ", ");
		add_string(out, report->reason[i]);
	}
	strbuf_printf(out, "], \"nodes_up\": %u, \"nodes_down\": %u, \"nodes\": [",
		      report->nodes_up, report->nodes_down);
	for (unsigned i = 0; i < NODES; i++) {
		if (report->node[i].id == 0)
			continue;
		strbuf_add(out, written++ == 0 ? "" : ", ");
		add_node(&report->node[i], out);
	}
	strbuf_add(out, "]}\n");
}
