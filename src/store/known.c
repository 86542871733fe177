/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/known.h"

#include "bdrmon/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file: a line that says what it is and whose, then id, name and conninfo of the
 * other node, a line each, and a last line that shows that it is whole. */
#define HEADER   "bdrmon other node, format 1, of node %d in cluster %s\n"
#define END      "end\n"
#define FILE_MAX (CONNINFO_MAX + 4 * NAME_TEXT_MAX + 128)

static void file_name(const struct known_place *place, const char *suffix, char path[PATH_TEXT_MAX])
{
	struct strbuf out = strbuf_over(path, PATH_TEXT_MAX);
	strbuf_printf(&out, "%s/other-node%s", place->directory, suffix);
}

static enum status write_file(const char *path, const struct strbuf *text, struct error *err)
{
	enum status st = OK;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_set(err, ERR_SYSTEM, "could not create file \"%s\": %s", path,
				 strerror(errno));
	if (write(fd, text->text, text->length) != (ssize_t)text->length || fsync(fd) != 0)
		st = error_set(err, ERR_SYSTEM, "could not write file \"%s\": %s", path,
			       strerror(errno));
	close(fd);
	return st;
}

enum status known_save(const struct known_place *place, const struct node_record *other,
		       struct error *err)
{
	char memory[FILE_MAX], path[PATH_TEXT_MAX], fresh[PATH_TEXT_MAX];
	struct strbuf text = STRBUF(memory);

	if (strchr(other->name, '\n') != NULL || strchr(other->conninfo, '\n') != NULL)
		return error_set(err, ERR_SYSTEM, "name or conninfo of node ID %d has two lines",
				 other->id);
	strbuf_printf(&text, HEADER, place->own_id, place->cluster);
	strbuf_printf(&text, "%d\n%s\n%s\n" END, other->id, other->name, other->conninfo);
	file_name(place, "", path);
	file_name(place, ".new", fresh);
	enum status st = write_file(fresh, &text, err);
	if (st == OK && rename(fresh, path) != 0)
		st = error_set(err, ERR_SYSTEM, "could not rename file \"%s\" to \"%s\": %s", fresh,
			       path, strerror(errno));
	return st;
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
	char expected[FILE_MAX], number[16];
	struct strbuf header = STRBUF(expected);
	struct node_record got;

	strbuf_printf(&header, HEADER, place->own_id, place->cluster);
	if (strncmp(text, expected, header.length) != 0)
		return false;
	text += header.length;
	if (!take_line(&text, number, sizeof number) ||
	    !take_line(&text, got.name, sizeof got.name) ||
	    !take_line(&text, got.conninfo, sizeof got.conninfo) || strcmp(text, END) != 0)
		return false;
	got.id = atoi(number);
	if (got.id <= 0)
		return false;
	*other = got;
	return true;
}

bool known_load(const struct known_place *place, struct node_record *other)
{
	char text[FILE_MAX], path[PATH_TEXT_MAX];

	file_name(place, "", path);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t length = read(fd, text, sizeof text - 1);
	close(fd);
	if (length < 0)
		return false;
	text[length] = '\0';
	return parse(place, text, other);
}
