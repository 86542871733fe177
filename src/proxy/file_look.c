/* SPDX-License-Identifier: PostgreSQL */
#include "file_look.h"

#include "mark.h"

#include <assert.h>
#include <string.h>

static void take_named(struct file_look *look, const struct entry *entry,
		       const struct proxy_aliases *aliases)
{
	bool fallback = strcmp(aliases->name[entry->which], FALLBACK) == 0;
	bool none = look->model == aliases->count;

	if (none || (!fallback && strcmp(aliases->name[look->model], FALLBACK) == 0))
		look->model = entry->which;
	look->named[entry->which] = *entry;
	if (none)
		look->first = *entry;
	look->last = *entry;
}

static void take_mark(struct file_look *look, const struct entry *entry,
		      const struct proxy_aliases *aliases)
{
	struct proxy_file file;

	if (!mark_read(entry->value, aliases, &file)) {
		look->damaged++;
		return;
	}
	if (look->marks == 0 || file.epoch > look->mark.epoch)
		look->mark = file;
	look->marks++;
}

/* As the first alias has it, or, if that is on the last line, the line before. */
static const char *line_end_of(const struct entry *first, const char *text)
{
	const char *next =
		first->next > first->end && first->next[-1] == '\n' ? first->next : first->begin;

	return next - text > 1 && next[-2] == '\r' ? "\r\n" : "\n";
}

enum status file_look(const char *text, size_t length, const struct proxy_aliases *aliases,
		      struct file_look *look, struct error *err)
{
	struct entries entries = entries_of(text, length, aliases);
	struct entry entry;
	enum status st;

	assert(aliases->count > 0 && aliases->count <= ALIASES_MAX);
	if (length > PROXY_TEXT_MAX)
		return error_set(err, ERR_CONFIG, "file is larger than %d kB",
				 PROXY_TEXT_MAX / 1024);
	memset(look, 0, sizeof(*look));
	look->model = aliases->count;
	while ((st = entries_next(&entries, &entry, err)) == OK && entry.kind != ENTRY_END) {
		if (entry.kind == ENTRY_NAMED)
			take_named(look, &entry, aliases);
		else if (entry.kind == ENTRY_PROBE)
			look->probe[entry.which] = entry;
		else
			take_mark(look, &entry, aliases);
	}
	if (look->model < aliases->count)
		look->line_end = line_end_of(&look->first, text);
	return st;
}

unsigned file_look_lost(const struct file_look *look, const struct proxy_aliases *aliases)
{
	unsigned i = 0;

	while (i < aliases->count && look->named[i].kind != ENTRY_END &&
	       look->named[i].node < NODES)
		i++;
	return i;
}

void file_look_say_lost(struct strbuf *out, const struct file_look *look,
			const struct proxy_aliases *aliases)
{
	unsigned lost = file_look_lost(look, aliases);
	const char *name = aliases->name[lost];

	if (look->named[lost].kind == ENTRY_END)
		strbuf_printf(out, "alias \"%s\" is missing", name);
	else
		strbuf_printf(out, "line %u: alias \"%s\" points to neither node",
			      look->named[lost].line, name);
}
