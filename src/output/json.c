/* SPDX-License-Identifier: PostgreSQL */
/* One JSON document (RFC 8259), with null for what is not known. */
#include "fields.h"

#include "bdrmon/json_text.h"

#include <inttypes.h>

static void add_sights(struct strbuf *out, const struct report_sight *sights)
{
	bool first = true;

	strbuf_add_char(out, '[');
	for (unsigned i = 0; i < NODES; i++) {
		if (sights[i].node == NULL)
			continue;
		strbuf_add(out, first ? "{\"node\": " : ", {\"node\": ");
		json_add_text(out, sights[i].node);
		strbuf_printf(out, ", \"health\": \"%s\", \"evidence_seconds\": ",
			      health_name(sights[i].health));
		if (sights[i].age_ms < 0)
			strbuf_add(out, "null");
		else
			value_write_seconds(sights[i].age_ms * 1000, out);
		strbuf_add_char(out, '}');
		first = false;
	}
	strbuf_add_char(out, ']');
}

static void add_value(struct strbuf *out, const struct report_value *value)
{
	switch (value->kind) {
	case VALUE_ABSENT:
		strbuf_add(out, "null");
		break;
	case VALUE_BOOL:
		strbuf_add(out, value->number ? "true" : "false");
		break;
	case VALUE_INTEGER:
	case VALUE_BYTES:
		strbuf_printf(out, "%" PRId64, value->number);
		break;
	case VALUE_SECONDS:
		value_write_seconds(value->number, out);
		break;
	case VALUE_TEXT:
		json_add_text(out, value->text);
		break;
	case VALUE_SIGHTS:
		add_sights(out, value->sights);
		break;
	}
}

static void add_member(struct strbuf *out, unsigned index, const char *name,
		       struct report_value value)
{
	strbuf_add(out, index == 0 ? "{" : ", ");
	json_add_text(out, name);
	strbuf_add(out, ": ");
	add_value(out, &value);
}

static void add_monitor(const struct report *report, struct strbuf *out)
{
	if (!report->monitor.here) {
		strbuf_add(out, "null");
		return;
	}
	for (unsigned f = 0; f < monitor_field_count; f++)
		add_member(out, f, monitor_fields[f].name, monitor_fields[f].get(&report->monitor));
	strbuf_add_char(out, '}');
}

static void add_nodes(const struct report *report, struct strbuf *out)
{
	unsigned written = 0;

	for (unsigned i = 0; i < NODES; i++) {
		const struct report_node *node = &report->node[i];
		if (node->id == 0)
			continue;
		strbuf_add(out, written++ == 0 ? "" : ", ");
		for (unsigned f = 0; f < node_field_count; f++)
			add_member(out, f, node_fields[f].name, node_fields[f].get(node));
		strbuf_add_char(out, '}');
	}
}

/* Nobody but a monitor looks at them. */
static void add_proxies(const struct report *report, struct strbuf *out)
{
	if (!report->monitor.here) {
		strbuf_add(out, ", \"proxies_off\": null, \"proxies\": null");
		return;
	}
	strbuf_printf(out, ", \"proxies_off\": %u, \"proxies\": [", report->proxies_off);
	for (unsigned i = 0; i < report->proxies; i++) {
		strbuf_add(out, i == 0 ? "" : ", ");
		for (unsigned f = 0; f < proxy_field_count; f++)
			add_member(out, f, proxy_fields[f].name,
				   proxy_fields[f].get(&report->proxy[i]));
		strbuf_add_char(out, '}');
	}
	strbuf_add_char(out, ']');
}

void json_write(const struct report *report, struct strbuf *out)
{
	strbuf_printf(out,
		      "{\"status\": \"%s\", \"code\": %d, \"cluster\": ", state_name(report->state),
		      (int)report->state);
	json_add_text(out, report->cluster);
	strbuf_add(out, ", \"reasons\": [");
	for (unsigned i = 0; i < report->reasons; i++) {
		strbuf_add(out, i == 0 ? "" : ", ");
		json_add_text(out, report->reason[i]);
	}
	strbuf_add(out, "], \"monitor\": ");
	add_monitor(report, out);
	strbuf_printf(out, ", \"nodes_up\": %u, \"nodes_down\": %u, \"nodes\": [", report->nodes_up,
		      report->nodes_down);
	add_nodes(report, out);
	strbuf_add_char(out, ']');
	add_proxies(report, out);
	strbuf_add(out, "}\n");
}
