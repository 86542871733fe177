/* SPDX-License-Identifier: PostgreSQL */
/* For people: the monitor line by line, then nodes and proxies in tables as repmgr
 * prints them, then what there is to worry about. */
#include "bdrmon/columns.h"
#include "fields.h"

#define COLUMNS_MAX 16
#define CELL_MAX    REPORT_PROBLEM_MAX

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

/* Write the cells of one row, and their number. CELLS come empty. */
typedef unsigned fill_fn(const struct report *report, unsigned row, struct strbuf cells[]);

/* Twice through the rows: for the widths, and to write them. Row 0 are the headings. */
static void add_rows(const struct report *report, unsigned rows, fill_fn *fill, struct strbuf *out)
{
	char memory[COLUMNS_MAX][CELL_MAX];
	int widths[COLUMNS_MAX] = { 0 };

	for (unsigned i = 0; i < 2 * rows; i++) {
		struct strbuf cell[COLUMNS_MAX];
		const char *cells[COLUMNS_MAX];
		for (unsigned c = 0; c < COLUMNS_MAX; c++) {
			cell[c] = STRBUF(memory[c]);
			cells[c] = memory[c];
		}
		unsigned columns = fill(report, i % rows, cell);
		if (i < rows)
			columns_measure(widths, cells, columns);
		else
			columns_row(out, cells, widths, columns);
		if (i == rows)
			columns_rule(out, widths, columns);
	}
}

static unsigned fill_node(const struct report *report, unsigned row, struct strbuf cells[])
{
	unsigned columns = 0, shown = 0, node = 0;

	for (unsigned i = 0; i < NODES && shown < row; i++) {
		node = i;
		shown += report->node[i].id != 0;
	}
	for (unsigned f = 0; f < node_field_count && columns < COLUMNS_MAX; f++) {
		if (node_fields[f].heading == NULL)
			continue;
		struct report_value value = node_fields[f].get(&report->node[node]);
		if (row == 0)
			strbuf_add(&cells[columns], node_fields[f].heading);
		else
			value_write(&value, &cells[columns]);
		columns++;
	}
	return columns;
}

static unsigned fill_proxy(const struct report *report, unsigned row, struct strbuf cells[])
{
	unsigned columns = 0;

	for (unsigned f = 0; f < proxy_field_count && columns < COLUMNS_MAX; f++) {
		const struct proxy_field *field = &proxy_fields[f];
		if (field->heading == NULL)
			continue;
		if (row == 0) {
			strbuf_add(&cells[columns++], field->heading);
			continue;
		}
		struct report_value value = field->get(&report->proxy[row - 1]);
		if (value.kind == VALUE_ABSENT && field->absent != NULL)
			strbuf_add(&cells[columns++], field->absent);
		else
			value_write(&value, &cells[columns++]);
	}
	return columns;
}

void table_write(const struct report *report, struct strbuf *out)
{
	unsigned nodes = 0;

	for (unsigned i = 0; i < NODES; i++)
		nodes += report->node[i].id != 0;
	add_monitor(report, out);
	strbuf_add_char(out, '\n');
	add_rows(report, nodes + 1, fill_node, out);
	if (report->proxies > 0) {
		strbuf_add(out, "\nProxies\n");
		add_rows(report, report->proxies + 1, fill_proxy, out);
	}
	if (report->reasons > 0)
		strbuf_printf(out, "\n%s: following issues were detected\n",
			      state_name(report->state));
	for (unsigned i = 0; i < report->reasons; i++)
		strbuf_printf(out, "  - %s\n", report->reason[i]);
}
