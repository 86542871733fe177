/* SPDX-License-Identifier: PostgreSQL */
#include "replication.h"

#include "bdrmon/columns.h"
#include "bdrmon/json_text.h"

#include <inttypes.h>

#define CELL_MAX (2 * NAME_TEXT_MAX)

enum column {
	COLUMN_NAME,
	COLUMN_KIND,
	COLUMN_IN,
	COLUMN_OUT,
	COLUMN_SLOT,
	COLUMN_CONFLICTS,
	COLUMNS
};

static const char *const headings[COLUMNS] = { "Name",  "Replication",    "Receives",
					       "Sends", "Slot retention", "Conflicts" };

static const char *or_dash(const char *word)
{
	return word != NULL ? word : "-";
}

/* ------------------------------------------------------------------------ table */

static void write_link(char cell[CELL_MAX], const struct repl_link *link)
{
	struct strbuf out = strbuf_over(cell, CELL_MAX);

	strbuf_add(&out, or_dash(repl_says_word(link->up)));
	if (link->lag_bytes != REPL_UNKNOWN_NUMBER)
		strbuf_printf(&out, ", %" PRId64 " bytes behind", link->lag_bytes);
	if (link->lag_ms != REPL_UNKNOWN_NUMBER) {
		strbuf_add(&out, ", ");
		strbuf_add_decimal(&out, link->lag_ms, 3);
		strbuf_add(&out, " s behind");
	}
}

struct cells {
	char kind[CELL_MAX], in[CELL_MAX], out[CELL_MAX], conflicts[CELL_MAX];
};

static void fill(const struct survey_node *node, struct cells *memory, const char *cells[COLUMNS])
{
	struct strbuf kind = STRBUF(memory->kind), conflicts = STRBUF(memory->conflicts);

	for (unsigned c = 0; c < COLUMNS; c++)
		cells[c] = "-";
	cells[COLUMN_NAME] = node->node.name;
	if (!node->repl.read)
		return;
	strbuf_printf(&kind, "%s %s", repl_kind_name(node->repl.setup.kind),
		      node->repl.setup.version);
	write_link(memory->in, &node->repl.state.in);
	write_link(memory->out, &node->repl.state.out);
	if (node->repl.state.conflicts == REPL_UNKNOWN_NUMBER)
		strbuf_add(&conflicts, "-");
	else
		strbuf_printf(&conflicts, "%" PRId64, node->repl.state.conflicts);
	cells[COLUMN_KIND] = memory->kind;
	cells[COLUMN_IN] = memory->in;
	cells[COLUMN_OUT] = memory->out;
	cells[COLUMN_SLOT] = or_dash(repl_slot_word(node->repl.state.slot));
	cells[COLUMN_CONFLICTS] = memory->conflicts;
}

void replication_add_table(struct strbuf *out, const struct survey_node *const node[],
			   unsigned count)
{
	struct cells memory;
	const char *cells[COLUMNS];
	int widths[COLUMNS] = { 0 };

	columns_measure(widths, headings, COLUMNS);
	for (unsigned i = 0; i < count; i++) {
		fill(node[i], &memory, cells);
		columns_measure(widths, cells, COLUMNS);
	}
	columns_row(out, headings, widths, COLUMNS);
	columns_rule(out, widths, COLUMNS);
	for (unsigned i = 0; i < count; i++) {
		fill(node[i], &memory, cells);
		columns_row(out, cells, widths, COLUMNS);
	}
}

/* ------------------------------------------------------------------------- JSON */

static void add_text(struct strbuf *out, const char *name, const char *text)
{
	strbuf_printf(out, "\"%s\": ", name);
	if (text == NULL || text[0] == '\0')
		strbuf_add(out, "null");
	else
		json_add_text(out, text);
}

static void add_number(struct strbuf *out, const char *name, int64_t number)
{
	strbuf_printf(out, "\"%s\": ", name);
	if (number == REPL_UNKNOWN_NUMBER)
		strbuf_add(out, "null");
	else
		strbuf_printf(out, "%" PRId64, number);
}

static void add_seconds(struct strbuf *out, const char *name, int64_t ms)
{
	strbuf_printf(out, "\"%s\": ", name);
	if (ms == REPL_UNKNOWN_NUMBER)
		strbuf_add(out, "null");
	else
		strbuf_add_decimal(out, ms, 3);
}

static void add_link(struct strbuf *out, const char *name, const struct repl_link *link)
{
	strbuf_printf(out, "\"%s\": {", name);
	add_text(out, "name", link->name);
	strbuf_printf(out, ", \"up\": %s, ",
		      link->up == REPL_UNKNOWN ? "null"
		      : link->up == REPL_YES   ? "true"
					       : "false");
	add_number(out, "lag_bytes", link->lag_bytes);
	strbuf_add(out, ", ");
	add_seconds(out, "lag_seconds", link->lag_ms);
	strbuf_add_char(out, '}');
}

void replication_add_json(struct strbuf *out, const struct survey_node *node)
{
	if (node == NULL || !node->repl.read) {
		strbuf_add(out, "null");
		return;
	}
	strbuf_add_char(out, '{');
	add_text(out, "kind", repl_kind_name(node->repl.setup.kind));
	strbuf_add(out, ", ");
	add_text(out, "version", node->repl.setup.version);
	strbuf_add(out, ", ");
	add_link(out, "in", &node->repl.state.in);
	strbuf_add(out, ", ");
	add_link(out, "out", &node->repl.state.out);
	strbuf_add(out, ", ");
	add_text(out, "slot", repl_slot_word(node->repl.state.slot));
	strbuf_add(out, ", ");
	add_number(out, "conflicts", node->repl.state.conflicts);
	strbuf_add_char(out, '}');
}
