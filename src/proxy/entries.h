/* SPDX-License-Identifier: PostgreSQL */
/* entries.h - what of the file concerns us, one after the other: the named aliases, the probe
 * aliases, and the comment line. On the way all of it is checked as PgBouncer would. Pure.
 *
 * An included file may begin with aliases: what stands before the first header of a section
 * counts as [databases]. What a file that is included brings along is not looked at.
 */
#ifndef PROXY_ENTRIES_H
#define PROXY_ENTRIES_H

#include "connstr.h"
#include "ini_lines.h"

#include "bdrmon/proxy_text.h"

enum entry_kind {
	ENTRY_END,
	ENTRY_NAMED, /* which: of aliases->name */
	ENTRY_PROBE, /* which: the node that it is for */
	ENTRY_MARK,  /* the comment line of ours, perhaps damaged */
};

struct entry {
	enum entry_kind kind;
	unsigned which;
	unsigned line;     /* from 1 */
	struct span value; /* of the alias, or the comment */
	unsigned node;     /* that the alias points to; NODES: neither */
	/* The lines that it is on: their begin, their end without the line end, and with it. */
	const char *begin, *end, *next;
};

struct entries {
	struct ini_lines lines;
	const char *text;
	const struct proxy_aliases *aliases;
	bool databases; /* this is their section */
};

struct entries entries_of(const char *text, size_t length, const struct proxy_aliases *aliases);

/* Read the next one.
 * Errors: ERR_CONFIG  PgBouncer would refuse the file */
enum status entries_next(struct entries *entries, struct entry *entry, struct error *err);

/* Does a host or a port lead to the target? As PgBouncer and the resolver take them. */
bool target_has_host(const struct target *target, const struct parameter *host);
bool target_has_port(const struct target *target, int port);

#endif
