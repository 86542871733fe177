/* SPDX-License-Identifier: PostgreSQL */
#include "reader.h"

#include "foreign.h"
#include "options.h"

#include "bdrmon/strbuf.h"

#include <string.h>

#define BLANKS     " \t"
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

/* Messages of this file never show what is in the line, but for the name of a parameter
 * and a word in front of ":": the rest may be a part of a conninfo with its password. */

/* Copy the word that the line begins with to NAME. Gives its length. */
static size_t first_word(const struct reader *reader, char name[NAME_TEXT_MAX])
{
	size_t length = strspn(reader->text, NAME_CHARS);
	struct strbuf out = strbuf_over(name, NAME_TEXT_MAX);

	strbuf_add_bytes(&out, reader->text, length);
	return length;
}

static void complain(struct reader *reader, const char *text, const char *hint)
{
	char name[NAME_TEXT_MAX];

	notes_add(reader->notes, CONFIG_ERROR, reader->line, "%s", text);
	notes_hint(reader->notes, "%s", hint);
	first_word(reader, name);
	reader->on_broken(reader->user, name);
}

/* What was read of a line. */
enum fetched { FETCHED_NOTHING, FETCHED_LINE, FETCHED_TOO_LONG };

/* Read one line to reader->text, without line feed and blanks at its end. */
static enum fetched fetch(struct reader *reader)
{
	bool any = false, too_long = false;
	int c;

	reader->length = 0;
	while (!reader->ended && (c = getc(reader->file)) != EOF) {
		any = true;
		reader->ended = ++reader->bytes > FILE_BYTES_MAX;
		if (c == '\n')
			break;
		if (reader->length < LINE_BYTES_MAX)
			reader->text[reader->length++] = (char)c;
		else
			too_long = too_long || c != '\r';
	}
	while (reader->length > 0 && strchr(BLANKS "\r", reader->text[reader->length - 1]) &&
	       reader->text[reader->length - 1] != '\0')
		reader->length--;
	reader->text[reader->length] = '\0';
	if (!any)
		return FETCHED_NOTHING;
	return too_long ? FETCHED_TOO_LONG : FETCHED_LINE;
}

/* Take off blanks, and the mark that some editors put at the beginning of a file. */
static void strip_front(struct reader *reader)
{
	static const char mark[] = "\xef\xbb\xbf";
	char *start = reader->text;

	if (reader->line == 1 && strncmp(start, mark, strlen(mark)) == 0)
		start += strlen(mark);
	start += strspn(start, BLANKS);
	reader->length -= (size_t)(start - reader->text);
	memmove(reader->text, start, reader->length + 1);
}

static bool has_control_character(const struct reader *reader)
{
	for (size_t i = 0; i < reader->length; i++) {
		unsigned char c = (unsigned char)reader->text[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

static void take_section(struct reader *reader)
{
	char *name = reader->text + 1 + strspn(reader->text + 1, BLANKS);
	char *end = strchr(name, ']');

	if (end == NULL) {
		complain(reader, "section has no closing bracket", "Write \"[section]\".");
		reader->on_section(reader->user, NULL);
		return;
	}
	const char *rest = end + 1 + strspn(end + 1, BLANKS);
	if (*rest != '\0' && *rest != '#' && *rest != ';') {
		complain(reader, "text after the closing bracket of a section",
			 "Put it on a line of its own, or a # before it.");
		reader->on_section(reader->user, NULL);
		return;
	}
	while (end > name && strchr(BLANKS, end[-1]) != NULL)
		end--;
	*end = '\0';
	reader->on_section(reader->user, name);
}

/* repmgr 5 needs no "=", and reads other files. */
static void complain_of_word(struct reader *reader)
{
	char name[NAME_TEXT_MAX], text[ERROR_TEXT_MAX];
	struct strbuf out = STRBUF(text);

	first_word(reader, name);
	if (foreign_is_include(name)) {
		strbuf_printf(&out, "\"%s\" is not supported", name);
		complain(reader, text, FOREIGN_INCLUDE_HINT);
	} else if (option_find_anywhere(name) != NULL || foreign_useless(name) != NULL) {
		strbuf_printf(&out, "\"=\" is missing after \"%s\"", name);
		complain(reader, text, "Write \"name = value\".");
	} else {
		complain(reader, "syntax error, expected \"name = value\"",
			 "An indented line does not continue the one before.");
	}
}

static bool is_pair(struct reader *reader)
{
	char name[NAME_TEXT_MAX], text[ERROR_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	size_t length = first_word(reader, name);
	char separator = reader->text[length + strspn(reader->text + length, BLANKS)];

	if (length > 0 && separator == '=')
		return true;
	if (separator == '=') {
		complain(reader, "name of the parameter is missing before \"=\"",
			 "A name has letters, digits, and \"_\".");
	} else if (length > 0 && separator == ':') {
		strbuf_printf(&out, "\":\" instead of \"=\" after \"%s\"", name);
		complain(reader, text, "Write \"name = value\".");
	} else {
		complain_of_word(reader);
	}
	return false;
}

/* What inih gets to see: true if all of the line. */
static bool inspect(struct reader *reader)
{
	strip_front(reader);
	char first = reader->text[0];
	if (reader->length == 0 || first == '#' || first == ';')
		return false;
	if (has_control_character(reader)) {
		complain(reader, "control character in the line",
			 "Is this a text file? Only tabs may stand in it.");
		if (first == '[')
			reader->on_section(reader->user, NULL);
		return false;
	}
	if (first == '[') {
		take_section(reader);
		return false;
	}
	return is_pair(reader);
}

static bool next_line(struct reader *reader)
{
	if (reader->ended)
		return false;
	enum fetched fetched = fetch(reader);
	if (fetched == FETCHED_NOTHING)
		return false;
	reader->line++;
	if (reader->ended) {
		complain(reader, "file is larger than 1 MB", "Is this the right file?");
		return false;
	}
	if (fetched == FETCHED_TOO_LONG) {
		strip_front(reader);
		complain(reader, "line is longer than 8192 bytes",
			 "Put a long command into a script of its own.");
		reader->length = 0;
	} else if (!inspect(reader)) {
		reader->length = 0;
	}
	reader->text[reader->length++] = '\n';
	reader->given = 0;
	return true;
}

char *reader_gets(char *to, int size, void *stream)
{
	struct reader *reader = stream;

	if (reader->given == reader->length && !next_line(reader))
		return NULL;
	/* inih's buffer grows, so it asks for a long line in parts. */
	size_t part = reader->length - reader->given;
	if (part > (size_t)size - 1)
		part = (size_t)size - 1;
	memcpy(to, reader->text + reader->given, part);
	to[part] = '\0';
	reader->given += part;
	return to;
}
