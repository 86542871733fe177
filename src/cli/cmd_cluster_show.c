/* SPDX-License-Identifier: PostgreSQL */
/* cluster show: the registered nodes, as repmgr 4.4 prints them. */
#include "commands.h"

#include "bdrmon/columns.h"
#include "bdrmon/json_text.h"
#include "bdrmon/lookup.h"
#include "bdrmon/secret.h"
#include "bdrmon/survey.h"
#include "replication.h"
#include "tables.h"

#define TEXT_MAX   (NODE_ROWS_MAX * 4 * CONNINFO_MAX) /* of all that is printed */
#define NUMBER_MAX 16

/* A registered node, and what it said. */
struct shown {
	const struct node_row *row;
	const struct survey_node *seen; /* NULL: it was not asked */
	bool reached;
	const char *status;
	char conninfo[2 * CONNINFO_MAX]; /* without its secrets */
	char id[NUMBER_MAX], priority[NUMBER_MAX];
};

enum show_column {
	SHOW_ID,
	SHOW_NAME,
	SHOW_ROLE,
	SHOW_STATUS,
	SHOW_UPSTREAM,
	SHOW_LOCATION,
	SHOW_PRIORITY,
	SHOW_CONNINFO,
	SHOW_COLUMNS
};

static const char *const headings[SHOW_COLUMNS] = {
	"ID", "Name", "Role", "Status", "Upstream", "Location", "Priority", "Connection string"
};

static const char *const statuses[2][2] = {
	/* by: is it reached, is it active */
	{ "- failed", "? unreachable" },
	{ "! running", "* running" },
};

static void fill(struct shown *shown, const struct node_row *row,
		 const struct survey_node survey[NODES])
{
	struct strbuf conninfo = STRBUF(shown->conninfo), id = STRBUF(shown->id),
		      priority = STRBUF(shown->priority);

	shown->row = row;
	shown->seen = NULL;
	for (unsigned i = 0; i < NODES; i++) {
		if (survey[i].node.id == row->record.id)
			shown->seen = &survey[i];
	}
	shown->reached = shown->seen != NULL && shown->seen->reached;
	shown->status = statuses[shown->reached][row->active];
	secret_mask(&conninfo, row->record.conninfo);
	strbuf_printf(&id, "%d", row->record.id);
	strbuf_printf(&priority, "%d", row->priority);
}

/* ---------------------------------------------------------------------- formats */

static void cells_of(const struct shown *shown, const char *cells[SHOW_COLUMNS])
{
	cells[SHOW_ID] = shown->id;
	cells[SHOW_NAME] = shown->row->record.name;
	cells[SHOW_ROLE] = shown->row->type;
	cells[SHOW_STATUS] = shown->status;
	cells[SHOW_UPSTREAM] = "";
	cells[SHOW_LOCATION] = shown->row->location;
	cells[SHOW_PRIORITY] = shown->priority;
	cells[SHOW_CONNINFO] = shown->conninfo;
}

static void add_table(const struct shown shown[], unsigned count, bool compact, struct strbuf *out)
{
	unsigned columns = compact ? SHOW_CONNINFO : SHOW_COLUMNS;
	const char *cells[SHOW_COLUMNS];
	int widths[SHOW_COLUMNS] = { 0 };

	for (unsigned i = 0; i < count; i++) {
		cells_of(&shown[i], cells);
		columns_measure(widths, cells, columns);
	}
	for (unsigned c = 0; c < columns; c++)
		cells[c] = compact && c == SHOW_PRIORITY ? "Prio." : headings[c];
	columns_measure(widths, cells, columns);
	columns_row(out, cells, widths, columns);
	columns_rule(out, widths, columns);
	for (unsigned i = 0; i < count; i++) {
		cells_of(&shown[i], cells);
		columns_row(out, cells, widths, columns);
	}
}

static void add_replication(const struct shown shown[], unsigned count, struct strbuf *out)
{
	const struct survey_node *seen[NODE_ROWS_MAX];
	unsigned asked = 0;

	for (unsigned i = 0; i < count; i++) {
		if (shown[i].seen != NULL)
			seen[asked++] = shown[i].seen;
	}
	strbuf_add_char(out, '\n');
	replication_add_table(out, seen, asked);
}

/* As repmgr has it: the ID; 0 if it is reached, else -1; 0 for a node that is no standby, -1
 * if that is not known. */
static void add_csv(const struct shown shown[], unsigned count, struct strbuf *out)
{
	for (unsigned i = 0; i < count; i++)
		strbuf_printf(out, "%s,%d,%d\n", shown[i].id, shown[i].reached ? 0 : -1,
			      shown[i].reached ? 0 : -1);
}

static void add_member(struct strbuf *out, const char *name, const char *text)
{
	strbuf_printf(out, ", \"%s\": ", name);
	if (text == NULL)
		strbuf_add(out, "null");
	else
		json_add_text(out, text);
}

static void add_json(const struct shown shown[], unsigned count, struct strbuf *out)
{
	strbuf_add(out, "{\"nodes\": [");
	for (unsigned i = 0; i < count; i++) {
		const struct shown *node = &shown[i];
		strbuf_printf(out, "%s{\"id\": %s", i > 0 ? ", " : "", node->id);
		add_member(out, "name", node->row->record.name);
		add_member(out, "type", node->row->type);
		add_member(out, "status", node->status + 2);
		strbuf_printf(out, ", \"active\": %s, \"reached\": %s",
			      node->row->active ? "true" : "false",
			      node->reached ? "true" : "false");
		add_member(out, "reason",
			   node->reached || node->seen == NULL ? NULL : node->seen->err.text);
		add_member(out, "location", node->row->location);
		strbuf_printf(out, ", \"priority\": %s", node->priority);
		add_member(out, "conninfo", node->conninfo);
		strbuf_add(out, ", \"replication\": ");
		replication_add_json(out, node->seen);
		strbuf_add_char(out, '}');
	}
	strbuf_add(out, "]}\n");
}

/* --------------------------------------------------------------------- warnings */

static void add_warning(const struct shown *shown, bool verbose, struct strbuf *out)
{
	const char *name = shown->row->record.name;

	if (shown->reached && !shown->row->active)
		strbuf_printf(out,
			      "  - node \"%s\" (ID: %s) is running but the repmgr node record is "
			      "inactive\n",
			      name, shown->id);
	else if (!shown->reached && verbose && shown->seen != NULL)
		strbuf_printf(out,
			      "  - when attempting to connect to node \"%s\" (ID: %s), following "
			      "error encountered :\n\"%s\"\n",
			      name, shown->id, shown->seen->err.text);
	else if (!shown->reached)
		strbuf_printf(out, "  - unable to connect to node \"%s\" (ID: %s)\n", name,
			      shown->id);
}

static int print(const struct arguments *arguments, const struct shown shown[], unsigned count)
{
	char text[TEXT_MAX], warnings[NODE_ROWS_MAX * ERROR_TEXT_MAX];
	struct strbuf out = STRBUF(text), warned = STRBUF(warnings);
	bool table = !arguments->json && !arguments->csv;

	if (arguments->json)
		add_json(shown, count, &out);
	else if (arguments->csv)
		add_csv(shown, count, &out);
	else
		add_table(shown, count, arguments->compact, &out);
	if (table && arguments->verbose)
		add_replication(shown, count, &out);
	for (unsigned i = 0; i < count; i++)
		add_warning(&shown[i], arguments->verbose, &warned);
	if (table && warned.length > 0)
		strbuf_add_char(&out, '\n');
	fputs(text, stdout);
	fflush(stdout);
	if (table && warned.length > 0)
		fprintf(stderr, "WARNING: following issues were detected\n%s", warnings);
	return warned.length > 0 ? EXIT_CODE_NODE_STATUS : EXIT_CODE_OK;
}

/* ---------------------------------------------------------------------- command */

static int show(const struct arguments *arguments, const struct survey_node survey[NODES])
{
	const struct node_rows *rows = survey_rows(survey);
	struct shown shown[NODE_ROWS_MAX];
	struct error err;

	if (rows == NULL)
		return tell_no_rows(arguments, survey);
	if (rows->count > NODES) {
		error_set(&err, ERR_CONFIG,
			  "repmgr can only support BDR 2.x clusters with 2 nodes");
		error_hint(&err,
			   "repmgr.nodes has %u rows; \"bdrmon unregister --node-id N\" takes "
			   "one out.",
			   rows->count);
		return tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG);
	}
	for (unsigned i = 0; i < rows->count; i++)
		fill(&shown[i], &rows->row[i], survey);
	return print(arguments, shown, rows->count);
}

int cmd_cluster_show(const struct arguments *arguments)
{
	struct survey_wish wish = { .replication = arguments->verbose || arguments->json };

	survey_and_print(arguments, &wish, show);
}
