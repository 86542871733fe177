/* SPDX-License-Identifier: PostgreSQL */
/* Comma-separated values with a header, RFC 4180 but for the line's end, which is a line
 * feed as psql writes it. A value that is not known is empty. The nodes only: rows of another
 * kind would break whoever reads them. */
#include "fields.h"

#include <inttypes.h>
#include <string.h>

static void add_text(struct strbuf *out, const char *text)
{
	if (strpbrk(text, ",\"\n\r") == NULL) {
		strbuf_add(out, text);
		return;
	}
	strbuf_add_char(out, '"');
	for (const char *c = text; *c != '\0'; c++)
		strbuf_add(out, *c == '"' ? "\"\"" : (char[]) { *c, '\0' });
	strbuf_add_char(out, '"');
}

static void add_value(struct strbuf *out, const struct report_value *value)
{
	switch (value->kind) {
	case VALUE_ABSENT:
		break;
	case VALUE_SECONDS:
		value_write_seconds(value->number, out);
		break;
	case VALUE_BOOL:
	case VALUE_INTEGER:
	case VALUE_BYTES:
		strbuf_printf(out, "%" PRId64, value->number);
		break;
	case VALUE_TEXT:
		add_text(out, value->text);
		break;
	case VALUE_SIGHTS: /* no node has any */
		break;
	}
}

void csv_write(const struct report *report, struct strbuf *out)
{
	for (unsigned f = 0; f < node_field_count; f++)
		strbuf_printf(out, "%s%s", f > 0 ? "," : "", node_fields[f].name);
	strbuf_add_char(out, '\n');
	for (unsigned i = 0; i < NODES; i++) {
		if (report->node[i].id == 0)
			continue;
		for (unsigned f = 0; f < node_field_count; f++) {
			struct report_value value = node_fields[f].get(&report->node[i]);
			strbuf_add(out, f > 0 ? "," : "");
			add_value(out, &value);
		}
		strbuf_add_char(out, '\n');
	}
}
