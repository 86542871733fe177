/* SPDX-License-Identifier: PostgreSQL */
#include "fields_text.h"

#include "bdrmon/event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The longest value as it is read, with its line feeds escaped. */
#define VALUE_MAX 4096

static int64_t get_number(const void *value, size_t size)
{
	int64_t wide;
	int narrow;

	if (size == sizeof wide) {
		memcpy(&wide, value, sizeof wide);
		return wide;
	}
	memcpy(&narrow, value, sizeof narrow);
	return narrow;
}

static void put_number(void *value, size_t size, int64_t number)
{
	int narrow = (int)number;

	if (size == sizeof number)
		memcpy(value, &number, sizeof number);
	else
		memcpy(value, &narrow, sizeof narrow);
}

static void write_escaped(struct strbuf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			strbuf_add(out, "\\n");
		else if (*text == '\\')
			strbuf_add(out, "\\\\");
		else
			strbuf_add_char(out, *text);
	}
}

void fields_write(struct strbuf *out, const struct text_field fields[], unsigned count,
		  const void *from)
{
	for (unsigned i = 0; i < count; i++) {
		const struct text_field *field = &fields[i];
		const void *value = (const char *)from + field->offset;

		strbuf_printf(out, "%s ", field->name);
		switch (field->type) {
		case TEXT_NUMBER:
			strbuf_printf(out, "%" PRId64, get_number(value, field->size));
			break;
		case TEXT_FLAG:
			strbuf_add_char(out, *(const bool *)value ? '1' : '0');
			break;
		case TEXT_EVENT:
			strbuf_add(out, event_type(*(const enum event_kind *)value)->name);
			break;
		case TEXT_STRING:
			write_escaped(out, value);
			break;
		}
		strbuf_add_char(out, '\n');
	}
}

static bool read_escaped(const char *text, char *value, size_t size)
{
	struct strbuf out = strbuf_over(value, size);

	for (; *text != '\0'; text++) {
		if (*text != '\\')
			strbuf_add_char(&out, *text);
		else if (*++text == 'n')
			strbuf_add_char(&out, '\n');
		else if (*text == '\\')
			strbuf_add_char(&out, '\\');
		else
			return false;
	}
	return !out.cut;
}

static bool read_value(const struct text_field *field, const char *text, void *value)
{
	char *end;

	switch (field->type) {
	case TEXT_NUMBER:
		put_number(value, field->size, strtoll(text, &end, 10));
		return end != text && *end == '\0';
	case TEXT_FLAG:
		*(bool *)value = text[0] == '1';
		return strcmp(text, "0") == 0 || strcmp(text, "1") == 0;
	case TEXT_EVENT:
		return event_by_name(text, value);
	case TEXT_STRING:
		return read_escaped(text, value, field->size);
	}
	return false;
}

/* Copy the next line of *TEXT if it is FIELD's, without its name. */
static bool take_value(const char **text, const struct text_field *field, char *value, size_t size)
{
	size_t name = strlen(field->name);
	const char *end = strchr(*text, '\n');

	if (end == NULL || strncmp(*text, field->name, name) != 0 || (*text)[name] != ' ')
		return false;
	struct strbuf out = strbuf_over(value, size);
	strbuf_add_bytes(&out, *text + name + 1, (size_t)(end - *text) - name - 1);
	*text = end + 1;
	return !out.cut;
}

bool fields_read(const char **text, const struct text_field fields[], unsigned count, void *to)
{
	char value[VALUE_MAX];
	const char *at = *text;

	for (unsigned i = 0; i < count; i++) {
		if (!take_value(&at, &fields[i], value, sizeof value) ||
		    !read_value(&fields[i], value, (char *)to + fields[i].offset))
			return false;
	}
	*text = at;
	return true;
}
