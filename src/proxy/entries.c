/* SPDX-License-Identifier: PostgreSQL */
#include "entries.h"

#include "mark.h"

#include "bdrmon/lookup.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RESERVED "pgbouncer" /* the console */

struct entries entries_of(const char *text, size_t length, const struct proxy_aliases *aliases)
{
	return (struct entries) {
		.lines = ini_lines_of(text, length),
		.text = text,
		.aliases = aliases,
		.databases = true,
	};
}

bool target_has_host(const struct target *target, const struct parameter *host)
{
	char text[TARGET_HOST_MAX];

	return parameter_value(host, text, sizeof(text)) && strcasecmp(text, target->host) == 0;
}

bool target_has_port(const struct target *target, int port)
{
	return port == (int)strtol(target->port, NULL, 10);
}

/* The node that an alias points to. */
static unsigned node_of(struct span value, const struct proxy_aliases *aliases)
{
	struct connstr connstr = connstr_of(value);
	struct parameter parameter, host = { .raw = { .length = 0 } };
	int port = PORT_DEFAULT;

	while (connstr_next(&connstr, &parameter) == CONNSTR_PARAMETER) {
		if (span_is(parameter.key, "host"))
			host = parameter;
		else if (span_is(parameter.key, "port"))
			port = parameter_number(&parameter);
	}
	for (unsigned node = 0; node < NODES && host.raw.length > 0; node++) {
		const struct target *target = &aliases->target[node];
		if (target_has_host(target, &host) && target_has_port(target, port))
			return node;
	}
	return NODES;
}

/* Is there an entry in this pair? */
static void find_alias(const struct proxy_aliases *aliases, struct span name, struct entry *entry)
{
	for (unsigned i = 0; i < aliases->count; i++) {
		if (span_is(name, aliases->name[i])) {
			entry->kind = ENTRY_NAMED;
			entry->which = i;
		}
	}
	for (unsigned node = 0; node < NODES; node++) {
		if (span_is(name, aliases->probe[node])) {
			entry->kind = ENTRY_PROBE;
			entry->which = node;
		}
	}
}

static enum status check_name(const struct piece *piece, struct error *err)
{
	bool reserved = span_is(piece->name, RESERVED);

	if (!reserved && piece->name.length < NAME_TEXT_MAX)
		return OK;
	error_set(err, ERR_CONFIG, "line %u: name of the alias is %s", piece->line,
		  reserved ? "reserved" : "too long");
	error_hint(err, "PgBouncer refuses the whole file.");
	return ERR_CONFIG;
}

/* Where the fallback leads to is seen by a database that PgBouncer makes of it. One that is named
 * itself tells enough: all named ones point to the same node. */
static enum status check_free(const struct proxy_aliases *aliases, const struct piece *piece,
			      struct error *err)
{
	if (!span_is(piece->name, FALLBACK_DATABASE) || !proxy_names_alias(aliases, FALLBACK) ||
	    proxy_names_alias(aliases, FALLBACK_DATABASE))
		return OK;
	error_set(err, ERR_CONFIG, "line %u: alias \"" FALLBACK_DATABASE "\" hides the fallback",
		  piece->line);
	error_hint(err, "\"aliases\" names \"" FALLBACK "\", and bdrmon sees by a client of "
			"\"" FALLBACK_DATABASE "\" where that leads to. Name this one in "
			"\"aliases\" instead, and all others that applications use.");
	return ERR_CONFIG;
}

static enum status take_alias(const struct proxy_aliases *aliases, const struct piece *piece,
			      struct entry *entry, struct error *err)
{
	enum status st = check_name(piece, err);

	if (st != OK)
		return st;
	find_alias(aliases, piece->name, entry);
	/* PgBouncer reads this one only when a client comes by it. */
	if (span_is(piece->name, FALLBACK) && entry->kind == ENTRY_END)
		return OK;
	st = check_free(aliases, piece, err);
	if (st == OK)
		st = connstr_check(piece->value, piece->line, err);
	if (st == OK && entry->kind != ENTRY_END)
		entry->node = node_of(piece->value, aliases);
	return st;
}

static enum status take_section(struct entries *entries, const struct piece *piece,
				struct error *err)
{
	static const char *const known[] = { "databases", "pgbouncer", "users", "peers" };

	entries->databases = span_is(piece->name, "databases");
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (span_is(piece->name, known[i]))
			return OK;
	}
	error_set(err, ERR_CONFIG, "line %u: PgBouncer knows no such section", piece->line);
	error_hint(err,
		   "It refuses the whole file. Sections are [databases], [pgbouncer], [users], "
		   "and [peers], written exactly so.");
	return ERR_CONFIG;
}

/* The line that its value is on. */
static void find_line(const struct entries *entries, struct entry *entry)
{
	entry->begin = entry->value.at;
	while (entry->begin > entries->text && entry->begin[-1] != '\n')
		entry->begin--;
	entry->next = entry->value.at + entry->value.length;
	while (entry->next < entries->lines.end && *entry->next != '\n')
		entry->next++;
	entry->end = entry->next;
	if (entry->next < entries->lines.end)
		entry->next++;
	if (entry->end > entry->begin && entry->end[-1] == '\r')
		entry->end--;
}

/* A comment behind a header is not ours. */
static bool begins_line(const struct entry *entry)
{
	const char *c = entry->begin;

	while (c < entry->value.at && ini_space(*c))
		c++;
	return c == entry->value.at;
}

static void take_comment(const struct piece *piece, struct entry *entry)
{
	if (mark_is(piece->value) && begins_line(entry))
		entry->kind = ENTRY_MARK;
}

enum status entries_next(struct entries *entries, struct entry *entry, struct error *err)
{
	struct piece piece;

	for (;;) {
		enum status st = ini_lines_next(&entries->lines, &piece, err);
		if (st != OK)
			return st;
		*entry = (struct entry) { .line = piece.line, .value = piece.value, .node = NODES };
		if (piece.kind == PIECE_END)
			return OK;
		if (piece.kind == PIECE_SECTION)
			st = take_section(entries, &piece, err);
		if (piece.kind == PIECE_COMMENT || piece.kind == PIECE_PAIR)
			find_line(entries, entry);
		if (piece.kind == PIECE_COMMENT)
			take_comment(&piece, entry);
		if (piece.kind == PIECE_PAIR && entries->databases)
			st = take_alias(entries->aliases, &piece, entry, err);
		if (st != OK || entry->kind != ENTRY_END)
			return st;
	}
}
