/* SPDX-License-Identifier: PostgreSQL */
/* For people: the monitor line by line, then the nodes in a table as repmgr prints it,
 * then what there is to worry about. */
#include "bdrmon/columns.h"
#include "fields.h"

#define COLUMNS_MAX 16
#define CELL_MAX    (REASON_MAX + 1)

static void add_monitor(const struct report *report, struct strbuf *out)
{
	char cell[CELL_MAX];

	columns_pad(out, "Cluster", 34);
	strbuf_printf(out, "%s\n", report->cluster);
	if (!report->monitor.here) {
		strbuf_add(out,
			   "No monitor was asked: this is what the nodes answered just now.\n");
		return;
	}
	for (unsigned f = 0; f < monitor_field_count; f++) {
		struct report_value value = monitor_fields[f].get(&report->monitor);
		struct strbuf text = STRBUF(cell);
		if (value.kind == VALUE_ABSENT)
			continue;
		value_write(&value, &text);
		columns_pad(out, monitor_fields[f].heading, 34);
		strbuf_printf(out, "%s\n", cell);
	}
}

static void add_nodes(const struct report *report, struct strbuf *out)
{
	char memory[NODES][COLUMNS_MAX][CELL_MAX];
	const char *cells[NODES + 1][COLUMNS_MAX] = { 0 };
	int widths[COLUMNS_MAX] = { 0 };
	unsigned columns = 0, rows = 0;

	for (unsigned f = 0; f < node_field_count && columns < COLUMNS_MAX; f++) {
		if (node_fields[f].heading == NULL)
			continue;
		cells[0][columns] = node_fields[f].heading;
		rows = 0;
		for (unsigned i = 0; i < NODES; i++) {
			if (report->node[i].id == 0)
				continue;
			struct report_value value = node_fields[f].get(&report->node[i]);
			struct strbuf text = STRBUF(memory[rows][columns]);
			value_write(&value, &text);
			cells[++rows][columns] = text.text;
		}
		columns++;
	}
	for (unsigned r = 0; r <= rows; r++)
		columns_measure(widths, cells[r], columns);
	columns_row(out, cells[0], widths, columns);
	columns_rule(out, widths, columns);
	for (unsigned r = 1; r <= rows; r++)
		columns_row(out, cells[r], widths, columns);
}

void table_write(const struct report *report, struct strbuf *out)
{
	add_monitor(report, out);
	strbuf_add_char(out, '\n');
	add_nodes(report, out);
	if (report->reasons > 0)
		strbuf_printf(out, "\n%s: following issues were detected\n",
			      state_name(report->state));
	for (unsigned i = 0; i < report->reasons; i++)
		strbuf_printf(out, "  - %s\n", report->reason[i]);
}
