/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/proxy_text.h"

#include "file_look.h"

#include "bdrmon/strbuf.h"

#include <assert.h>
#include <string.h>

#define PROBE_BEGINS "bdrmon_probe_"

#define DIGITS     "0123456789"
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-" DIGITS

void proxy_probe_alias(const char *name, int id, char alias[NAME_TEXT_MAX])
{
	struct strbuf out = strbuf_over(alias, NAME_TEXT_MAX);
	size_t length = strlen(name);
	bool fits = strlen(PROBE_BEGINS) + length < NAME_TEXT_MAX;
	/* A name that is a number could be the other node's ID. */
	bool number = strspn(name, DIGITS) == length;

	strbuf_add(&out, PROBE_BEGINS);
	if (fits && !number && strspn(name, NAME_CHARS) == length)
		strbuf_add(&out, name);
	else
		strbuf_printf(&out, "%d", id);
}

const char *proxy_database_of(const char *alias)
{
	return strcmp(alias, FALLBACK) == 0 ? FALLBACK_DATABASE : alias;
}

bool proxy_names_alias(const struct proxy_aliases *aliases, const char *name)
{
	unsigned i = 0;

	while (i < aliases->count && strcmp(aliases->name[i], name) != 0)
		i++;
	return i < aliases->count;
}

static unsigned node_of_all(const struct file_look *look, const struct proxy_aliases *aliases)
{
	unsigned node = look->named[0].node;

	if (file_look_lost(look, aliases) < aliases->count)
		return NODES;
	for (unsigned i = 1; i < aliases->count; i++) {
		if (look->named[i].node != node)
			return NODES;
	}
	return node;
}

static void say_odd(struct strbuf *out, const struct file_look *look,
		    const struct proxy_aliases *aliases, unsigned node)
{
	if (file_look_lost(look, aliases) < aliases->count)
		file_look_say_lost(out, look, aliases);
	else if (node == NODES)
		strbuf_add(out, "its aliases point to different nodes");
	else if (look->marks > 0 && look->mark.node != node)
		strbuf_add(out, "its aliases point to another node than the comment line of bdrmon "
				"says: somebody has changed them");
	else if (look->damaged > 0)
		strbuf_add(out, "a comment line of bdrmon is damaged");
	else if (look->marks > 1)
		strbuf_add(out, "it has more than one comment line of bdrmon");
}

enum status proxy_text_read(const char *text, size_t length, const struct proxy_aliases *aliases,
			    struct proxy_said *said, struct error *err)
{
	struct file_look look;
	enum status st = file_look(text, length, aliases, &look, err);

	if (st != OK)
		return st;
	memset(said, 0, sizeof(*said));
	struct strbuf odd = STRBUF(said->odd);
	said->file = look.mark;
	said->file.node = node_of_all(&look, aliases);
	said->marked = look.marks > 0;
	said->probes = true;
	for (unsigned node = 0; node < NODES; node++)
		said->probes = said->probes && look.probe[node].kind != ENTRY_END &&
			       look.probe[node].node == node;
	say_odd(&odd, &look, aliases, said->file.node);
	return OK;
}
