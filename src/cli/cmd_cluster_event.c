/* SPDX-License-Identifier: PostgreSQL */
/* cluster event: what happened, the newest first, as repmgr prints it. An event is recorded
 * on the node that was up then; so both nodes' tables are read, and what stands in both is
 * printed once. */
#include "commands.h"

#include "bdrmon/columns.h"
#include "bdrmon/json_text.h"
#include "tables.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES   16384 /* longer details are cut */
#define NUMBER_MAX       16
#define JSON_TEXT_FACTOR 6 /* of a control character, "\\u0001" */

enum event_column {
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_EVENT,
	COLUMN_OK,
	COLUMN_TIME,
	COLUMN_DETAILS,
	COLUMNS
};

static const char *const headings[COLUMNS] = { "Node ID", "Name",      "Event",
					       "OK",      "Timestamp", "Details" };

/* ------------------------------------------------------------------------ merging */

/* A place in both nodes' lists. */
struct merge {
	const struct events *list[NODES]; /* NULL: none */
	unsigned next[NODES];
	int left; /* so many are still wanted; -1: all */
};

static int order(const struct event_seen *a, const struct event_seen *b)
{
	if (a->when_us != b->when_us)
		return a->when_us > b->when_us ? -1 : 1;
	if (a->node_id != b->node_id)
		return a->node_id < b->node_id ? -1 : 1;
	int texts = strcmp(a->event, b->event);
	return texts != 0 ? texts : strcmp(a->details, b->details);
}

static bool peek(const struct merge *merge, unsigned list, struct event_seen *event)
{
	if (merge->list[list] == NULL || merge->next[list] >= events_count(merge->list[list]))
		return false;
	*event = events_at(merge->list[list], merge->next[list]);
	return true;
}

/* Take the next event; false: there is none. */
static bool take(struct merge *merge, struct event_seen *event)
{
	struct event_seen first, second;
	bool has_first = peek(merge, 0, &first), has_second = peek(merge, 1, &second);

	if (merge->left == 0 || (!has_first && !has_second))
		return false;
	int which = !has_second ? -1 : !has_first ? 1 : order(&first, &second);
	*event = which <= 0 ? first : second;
	merge->next[0] += which <= 0;
	merge->next[1] += which >= 0;
	if (merge->left > 0)
		merge->left--;
	return true;
}

/* ------------------------------------------------------------------------ formats */

static void cells_of(const struct event_seen *event, char number[NUMBER_MAX],
		     const char *cells[COLUMNS])
{
	struct strbuf id = strbuf_over(number, NUMBER_MAX);

	strbuf_printf(&id, "%d", event->node_id);
	cells[COLUMN_ID] = number;
	cells[COLUMN_NAME] = event->node_name;
	cells[COLUMN_EVENT] = event->event;
	cells[COLUMN_OK] = event->successful ? "t" : "f";
	cells[COLUMN_TIME] = event->second;
	cells[COLUMN_DETAILS] = event->details;
}

static void print_table(struct merge merge, unsigned columns)
{
	char line[LINE_MAX_BYTES];
	struct merge again = merge;
	struct event_seen event;
	char number[NUMBER_MAX];
	const char *cells[COLUMNS];
	int widths[COLUMNS] = { 0 };

	columns_measure(widths, headings, columns);
	while (take(&merge, &event)) {
		cells_of(&event, number, cells);
		columns_measure(widths, cells, columns);
	}
	struct strbuf out = STRBUF(line);
	columns_row(&out, headings, widths, columns);
	columns_rule(&out, widths, columns);
	fputs(line, stdout);
	while (take(&again, &event)) {
		cells_of(&event, number, cells);
		out = STRBUF(line);
		columns_row(&out, cells, widths, columns);
		fputs(line, stdout);
		if (out.cut)
			putchar('\n');
	}
	putchar('\n'); /* as repmgr does */
}

/* As repmgr does: without the details, and without a header. */
static void print_csv(struct merge merge)
{
	struct event_seen event;

	while (take(&merge, &event))
		printf("%d,%s,%s,%s,%s\n", event.node_id, event.node_name, event.event,
		       event.successful ? "t" : "f", event.second);
}

/* A member of an object. Nothing of it may be cut, or it would not be JSON. */
static void print_member(const char *name, const char *text)
{
	size_t size = JSON_TEXT_FACTOR * strlen(text) + sizeof "\"\"";
	char *memory = malloc(size);

	printf(", \"%s\": ", name);
	if (memory == NULL) {
		fputs("null", stdout);
		return;
	}
	struct strbuf out = strbuf_over(memory, size);
	json_add_text(&out, text);
	fputs(memory, stdout);
	free(memory);
}

static void print_json(struct merge merge)
{
	struct event_seen event;
	const char *between = "[";

	while (take(&merge, &event)) {
		printf("%s{\"node_id\": %d", between, event.node_id);
		print_member("node_name", event.node_name);
		print_member("event", event.event);
		printf(", \"successful\": %s", event.successful ? "true" : "false");
		print_member("timestamp", event.timestamp);
		print_member("details", event.details);
		putchar('}');
		between = ",\n ";
	}
	puts(between[0] == '[' ? "[]" : "]");
}

/* ------------------------------------------------------------------------ command */

static int print(const struct arguments *arguments, const struct survey_node survey[NODES])
{
	struct merge merge = { { survey[0].events, survey[1].events },
			       { 0 },
			       arguments->all ? -1 : arguments->limit };
	struct event_seen event;
	struct merge first = merge;

	if (survey[0].events == NULL && survey[1].events == NULL)
		return tell_no_rows(arguments, survey);
	if (arguments->json)
		print_json(merge);
	else if (!take(&first, &event))
		puts("no matching events found");
	else if (arguments->csv)
		print_csv(merge);
	else
		print_table(merge, arguments->compact ? COLUMN_DETAILS : COLUMNS);
	fflush(stdout);
	return EXIT_CODE_OK;
}

int cmd_cluster_event(const struct arguments *arguments)
{
	struct survey_wish wish = {
		.events = true,
		.filter = { .node_id = arguments->node_id,
			    .node_name = arguments->node_name,
			    .event = arguments->event,
			    .limit = arguments->all ? 0 : arguments->limit },
	};

	survey_and_print(arguments, &wish, print);
}
