/* SPDX-License-Identifier: PostgreSQL */
/* pgbouncer show: what each PgBouncer and its file say, seen without a daemon. */
#include "commands.h"

#include "bdrmon/columns.h"
#include "bdrmon/json_text.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"
#include "each_proxy.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define ODD_MAX  (4 * ERROR_TEXT_MAX)
#define TEXT_MAX (PROXIES_MAX * 4 * ODD_MAX)

enum show_column {
	SHOW_NAME,
	SHOW_ROUTE,
	SHOW_FILE,
	SHOW_EPOCH,
	SHOW_ADOPTED,
	SHOW_CONSOLE,
	SHOW_ODD,
	SHOW_COLUMNS
};

static const struct {
	const char *heading, *name; /* in JSON and CSV */
	enum { TEXT, NUMBER, BOOL } kind;
} columns[SHOW_COLUMNS] = {
	[SHOW_NAME] = { "Name", "name", TEXT },
	[SHOW_ROUTE] = { "Points to", "route", TEXT },
	[SHOW_FILE] = { "File says", "file_node", TEXT },
	[SHOW_EPOCH] = { "Epoch", "epoch", NUMBER },
	[SHOW_ADOPTED] = { "Adopted", "adopted", BOOL },
	[SHOW_CONSOLE] = { "Console", "console", BOOL },
	[SHOW_ODD] = { "What is odd", "odd", TEXT },
};

/* One proxy, as texts; empty: not known, or nothing. */
struct shown {
	char name[NAME_TEXT_MAX], route[NAME_TEXT_MAX], file[NAME_TEXT_MAX], epoch[24];
	bool adopted, console;
	char odd[ODD_MAX];
};

struct shown_proxies {
	unsigned count;
	struct shown proxy[PROXIES_MAX];
};

/* -------------------------------------------------------------------------- look */

static void add_odd(struct strbuf *out, const char *what, const char *text)
{
	if (text[0] == '\0' || strstr(out->text, text) != NULL)
		return;
	strbuf_printf(out, "%s%s%s", out->length > 0 ? "; " : "", what, text);
}

static void collect_odd(struct shown *shown, const struct proxy *proxy,
			const struct proxy_inspected *inspected)
{
	struct strbuf odd = STRBUF(shown->odd);

	add_odd(&odd, "console: ", proxy->answers ? "" : proxy->reason);
	add_odd(&odd, "", proxy->odd);
	add_odd(&odd, "file: ", inspected->readable ? inspected->said.odd : proxy->file_reason);
	if (proxy->answers && inspected->readable && odd.length == 0 &&
	    proxy->view.route != inspected->said.file.node)
		add_odd(&odd, "", "what runs and the file differ");
}

static void fill(struct shown *shown, const struct one_proxy *one,
		 const struct proxy_inspected *inspected)
{
	const struct proxy *proxy = one->proxy;
	const struct proxy_file *file = &inspected->said.file;
	struct strbuf epoch = STRBUF(shown->epoch);

	shown->console = proxy->answers;
	shown->adopted = inspected->adopted;
	if (proxy->answers && proxy->view.route < NODES)
		COPY_TEXT(shown->route, one->node[proxy->view.route].name);
	if (inspected->readable && file->node < NODES)
		COPY_TEXT(shown->file, one->node[file->node].name);
	if (inspected->readable && inspected->said.marked)
		strbuf_printf(&epoch, "%" PRIu64, file->epoch);
	collect_odd(shown, proxy, inspected);
}

static int inspect(void *context, const struct one_proxy *one)
{
	const struct proxy_stop stop = { .stop_fd = -1, .news_fd = -1 };
	struct shown_proxies *all = context;
	struct shown *shown = &all->proxy[all->count++];
	struct proxy_inspected inspected;

	*shown = (struct shown) { .odd = "" };
	COPY_TEXT(shown->name, one->config->name);
	if (one->proxy == NULL)
		COPY_TEXT(shown->odd, one->err->text);
	else if (proxy_inspect(one->proxy, &stop, &inspected) == OK)
		fill(shown, one, &inspected);
	return shown->adopted && shown->odd[0] == '\0' ? EXIT_CODE_OK : EXIT_CODE_NODE_STATUS;
}

/* ----------------------------------------------------------------------- formats */

static void cells_of(const struct shown *shown, const char *cells[SHOW_COLUMNS])
{
	cells[SHOW_NAME] = shown->name;
	cells[SHOW_ROUTE] = shown->route;
	cells[SHOW_FILE] = shown->file;
	cells[SHOW_EPOCH] = shown->epoch;
	cells[SHOW_ADOPTED] = shown->adopted ? "yes" : "no";
	cells[SHOW_CONSOLE] = shown->console ? "answers" : "silent";
	cells[SHOW_ODD] = shown->odd;
}

static bool truth_of(const struct shown *shown, unsigned column)
{
	return column == SHOW_ADOPTED ? shown->adopted : shown->console;
}

static void add_table(const struct shown_proxies *all, struct strbuf *out)
{
	const char *cells[SHOW_COLUMNS];
	int widths[SHOW_COLUMNS] = { 0 };

	for (unsigned i = 0; i < all->count; i++) {
		cells_of(&all->proxy[i], cells);
		columns_measure(widths, cells, SHOW_COLUMNS);
	}
	for (unsigned c = 0; c < SHOW_COLUMNS; c++)
		cells[c] = columns[c].heading;
	columns_measure(widths, cells, SHOW_COLUMNS);
	columns_row(out, cells, widths, SHOW_COLUMNS);
	columns_rule(out, widths, SHOW_COLUMNS);
	for (unsigned i = 0; i < all->count; i++) {
		cells_of(&all->proxy[i], cells);
		columns_row(out, cells, widths, SHOW_COLUMNS);
	}
}

static void add_json_value(struct strbuf *out, const struct shown *shown, unsigned column)
{
	const char *cells[SHOW_COLUMNS];

	cells_of(shown, cells);
	if (columns[column].kind == BOOL)
		strbuf_add(out, truth_of(shown, column) ? "true" : "false");
	else if (cells[column][0] == '\0')
		strbuf_add(out, "null");
	else if (columns[column].kind == NUMBER)
		strbuf_add(out, cells[column]);
	else
		json_add_text(out, cells[column]);
}

static void add_json(const struct shown_proxies *all, struct strbuf *out)
{
	strbuf_add(out, "{\"proxies\": [");
	for (unsigned i = 0; i < all->count; i++) {
		for (unsigned c = 0; c < SHOW_COLUMNS; c++) {
			strbuf_printf(out, "%s\"%s\": ",
				      c > 0   ? ", "
				      : i > 0 ? ", {"
					      : "{",
				      columns[c].name);
			add_json_value(out, &all->proxy[i], c);
		}
		strbuf_add_char(out, '}');
	}
	strbuf_add(out, "]}\n");
}

static void add_csv_text(struct strbuf *out, const char *text)
{
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;

	strbuf_add(out, quoted ? "\"" : "");
	for (const char *c = text; *c != '\0'; c++)
		strbuf_printf(out, "%s%c", *c == '"' ? "\"" : "", *c);
	strbuf_add(out, quoted ? "\"" : "");
}

static void add_csv(const struct shown_proxies *all, struct strbuf *out)
{
	const char *cells[SHOW_COLUMNS];

	for (unsigned c = 0; c < SHOW_COLUMNS; c++)
		strbuf_printf(out, "%s%s", c > 0 ? "," : "", columns[c].name);
	strbuf_add_char(out, '\n');
	for (unsigned i = 0; i < all->count; i++) {
		cells_of(&all->proxy[i], cells);
		for (unsigned c = 0; c < SHOW_COLUMNS; c++) {
			strbuf_add(out, c > 0 ? "," : "");
			if (columns[c].kind == BOOL)
				strbuf_add_char(out, truth_of(&all->proxy[i], c) ? '1' : '0');
			else
				add_csv_text(out, cells[c]);
		}
		strbuf_add_char(out, '\n');
	}
}

static bool some_can_be_adopted(const struct shown_proxies *all)
{
	for (unsigned i = 0; i < all->count; i++) {
		const struct shown *shown = &all->proxy[i];
		if (!shown->adopted && shown->console && shown->odd[0] == '\0')
			return true;
	}
	return false;
}

int cmd_pgbouncer_show(const struct arguments *arguments)
{
	const struct survey_wish no_more = { 0 };
	struct shown_proxies all = { 0 };
	char text[TEXT_MAX] = "";
	struct strbuf out = STRBUF(text);

	int code = each_proxy(arguments, &no_more, inspect, &all);
	if (all.count == 0)
		_exit(code);
	if (arguments->json)
		add_json(&all, &out);
	else if (arguments->csv)
		add_csv(&all, &out);
	else
		add_table(&all, &out);
	fputs(text, stdout);
	fflush(stdout);
	if (!arguments->json && !arguments->csv && some_can_be_adopted(&all))
		tell_message("HINT", "\"bdrmon pgbouncer adopt\" makes a PgBouncer one that bdrmon "
				     "can move.");
	_exit(code);
}
