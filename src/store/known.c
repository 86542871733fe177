/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/known.h"

#include "bdrmon/statefile.h"
#include "bdrmon/strbuf.h"

#include <stdlib.h>
#include <string.h>

/* The text: whose record it is, then id, name and conninfo of the other node, a line
 * each. */
#define OWNER    "of node %d in cluster %s\n"
#define TEXT_MAX (CONNINFO_MAX + 4 * NAME_TEXT_MAX + 128)

static struct statefile known_file(const struct known_place *place, char path[PATH_TEXT_MAX])
{
	struct strbuf out = strbuf_over(path, PATH_TEXT_MAX);
	strbuf_printf(&out, "%s/other-node", place->directory);
	return (struct statefile) { path, "bdrmon other node", 2 };
}

enum status known_save(const struct known_place *place, const struct node_record *other,
		       struct error *err)
{
	char memory[TEXT_MAX], path[PATH_TEXT_MAX];
	struct strbuf text = STRBUF(memory);
	struct statefile file = known_file(place, path);

	if (strchr(other->name, '\n') != NULL || strchr(other->conninfo, '\n') != NULL)
		return error_set(err, ERR_SYSTEM, "name or conninfo of node ID %d has two lines",
				 other->id);
	strbuf_printf(&text, OWNER, place->own_id, place->cluster);
	strbuf_printf(&text, "%d\n%s\n%s\n", other->id, other->name, other->conninfo);
	return statefile_save(&file, memory, err);
}

static bool take_line(char **at, char *to, size_t size)
{
	char *end = strchr(*at, '\n');
	if (end == NULL)
		return false;
	*end = '\0';
	bool whole = copy_text(to, size, *at);
	*at = end + 1;
	return whole;
}

static bool parse(const struct known_place *place, char *text, struct node_record *other)
{
	char expected[TEXT_MAX], number[16];
	struct strbuf owner = STRBUF(expected);
	struct node_record got;

	strbuf_printf(&owner, OWNER, place->own_id, place->cluster);
	if (strncmp(text, expected, owner.length) != 0)
		return false;
	text += owner.length;
	if (!take_line(&text, number, sizeof number) ||
	    !take_line(&text, got.name, sizeof got.name) ||
	    !take_line(&text, got.conninfo, sizeof got.conninfo))
		return false;
	got.id = atoi(number);
	if (got.id <= 0)
		return false;
	*other = got;
	return true;
}

enum status known_load(const struct known_place *place, struct node_record *other,
		       struct error *err)
{
	char path[PATH_TEXT_MAX], *text;
	struct statefile file = known_file(place, path);
	enum status st = statefile_load(&file, &text, err);

	if (st != OK || text == NULL)
		return st;
	parse(place, text, other);
	free(text);
	return OK;
}
