/* SPDX-License-Identifier: PostgreSQL */
/* pgbouncer adopt: make each PgBouncer one that bdrmon can move. */
#include "commands.h"

#include "bdrmon/harmless.h"
#include "bdrmon/secret.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/text_diff.h"
#include "each_proxy.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_SHOWN 4096 /* bytes; of a longer line the begin is shown */

/* ------------------------------------------------------------- what would change */

static void print_line(char sign, const char *line, size_t length)
{
	char plain[LINE_MAX_SHOWN], shown[2 * LINE_MAX_SHOWN];
	struct strbuf text = STRBUF(plain), masked = STRBUF(shown);

	if (length > 0 && line[length - 1] == '\r')
		length--;
	strbuf_add_bytes(&text, line, length);
	secret_mask(&masked, plain);
	text_make_harmless(shown, masked.length);
	printf("%c%s%s\n", sign, shown, text.cut ? "..." : "");
}

static void print_lines(char sign, struct text_lines lines)
{
	const char *line;
	size_t length;

	while (text_lines_next(&lines, &line, &length))
		print_line(sign, line, length);
}

/* As diff -U0 has it: of no lines, the line before them is given. */
static void print_change(void *argument, const struct text_change *change)
{
	const struct text_lines *old = &change->old, *new = &change->new;

	(void)argument;
	printf("@@ -%u,%u +%u,%u @@\n", old->line - (old->count == 0), old->count,
	       new->line - (new->count == 0), new->count);
	print_lines('-', *old);
	print_lines('+', *new);
}

static void print_diff(const struct proxy *proxy, const struct proxy_adopted *adopted)
{
	const char *file = proxy->setup.place.file;

	printf("--- %s\n+++ %s\n", file, file);
	text_diff(text_lines_of(adopted->text, adopted->text_length),
		  text_lines_of(adopted->made, adopted->made_length), print_change, NULL);
	fflush(stdout);
}

/* ----------------------------------------------------------------------- messages */

static void tell_rehearsal(const struct one_proxy *one, const struct proxy_adopted *adopted)
{
	if (adopted->write)
		print_diff(one->proxy, adopted);
	tell_message("NOTICE", "proxy \"%s\" would be adopted%s", one->config->name,
		     adopted->write ? "" : " by a RELOAD alone: its file is as it should be");
}

/* Gives the exit code. */
static int tell_nodes(const struct one_proxy *one, const struct proxy_adopted *adopted)
{
	int code = EXIT_CODE_OK;

	for (unsigned i = 0; i < NODES && adopted->tested; i++) {
		const struct node_record *node = &one->node[i];
		if (adopted->serves[i]) {
			tell_message("NOTICE", "proxy \"%s\": node \"%s\" (ID: %d) answers",
				     one->config->name, node->name, node->id);
			continue;
		}
		tell_message("WARNING", "proxy \"%s\": node \"%s\" (ID: %d) does not answer: %s",
			     one->config->name, node->name, node->id, adopted->reason[i]);
		code = EXIT_CODE_NODE_STATUS;
	}
	return code;
}

static int tell_done(const struct one_proxy *one, const struct proxy_adopted *adopted)
{
	const struct node_record *node = &one->node[adopted->file.node];

	tell_message("NOTICE",
		     "proxy \"%s\" adopted; it still points to node \"%s\" (ID: %d), epoch "
		     "%" PRIu64,
		     one->config->name, node->name, node->id, adopted->file.epoch);
	return tell_nodes(one, adopted);
}

static int exit_code(enum status st, const struct proxy *proxy)
{
	if (st == ERR_CONFIG)
		return EXIT_CODE_BAD_CONFIG;
	if (st == ERR_SYSTEM || st == ERR_TAKEN)
		return EXIT_CODE_SYSTEM;
	return proxy_fd(proxy) < 0 ? EXIT_CODE_DB_CONN : EXIT_CODE_DB_QUERY;
}

static int tell_failure(const struct arguments *arguments, const char *name,
			const struct error *why, int code)
{
	struct error err;

	error_set(&err, ERR_CONFIG, "proxy \"%s\": %s", name, why->text);
	error_hint(&err, "%s", why->hint);
	return tell_error(arguments, &err, code);
}

/* ------------------------------------------------------------------------ command */

static int adopt(void *context, const struct one_proxy *one)
{
	const struct arguments *arguments = context;
	const struct proxy_stop stop = { .stop_fd = -1, .news_fd = -1 };
	struct proxy_adopted adopted;
	struct error err;

	if (one->proxy == NULL)
		return tell_failure(arguments, one->config->name, one->err, EXIT_CODE_BAD_CONFIG);
	enum status st = proxy_adopt(one->proxy, arguments->dry_run, &stop, &adopted, &err);
	if (st != OK)
		return tell_failure(arguments, one->config->name, &err, exit_code(st, one->proxy));
	if (!adopted.load)
		tell_message("NOTICE", "proxy \"%s\" is adopted already", one->config->name);
	else if (arguments->dry_run)
		tell_rehearsal(one, &adopted);
	else
		return tell_done(one, &adopted);
	return EXIT_CODE_OK;
}

int cmd_pgbouncer_adopt(const struct arguments *arguments)
{
	const struct survey_wish no_more = { 0 };
	struct arguments copy = *arguments;

	int code = each_proxy(arguments, &no_more, adopt, &copy);
	fflush(stdout);
	_exit(code);
}
