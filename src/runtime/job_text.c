/* SPDX-License-Identifier: PostgreSQL */
#include "job_text.h"

#include "bdrmon/lookup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum field_type { NUMBER, FLAG, EVENT, TEXT };

/* One line each, in this order: "name value". */
static const struct field {
	const char *name;
	enum field_type type;
	size_t offset, size;
} fields[] = {
#define FIELD(name, type, member)                                                                  \
	{                                                                                          \
		name, type, offsetof(struct kept_job, member),                                     \
			sizeof(((struct kept_job *)0)->member)                                     \
	}
	FIELD("job", NUMBER, serial),
	FIELD("attempts", NUMBER, attempts),
	FIELD("event", EVENT, job.event),
	FIELD("success", FLAG, job.success),
	FIELD("confirmed", FLAG, job.confirmed),
	FIELD("node_id", NUMBER, job.node_id),
	FIELD("former_id", NUMBER, job.former_id),
	FIELD("timestamp", TEXT, job.timestamp),
	FIELD("details", TEXT, job.details),
	FIELD("conninfo", TEXT, job.conninfo),
	FIELD("node_name", TEXT, job.node_name),
	FIELD("cluster", TEXT, job.cluster),
#undef FIELD
};

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

void job_write(struct strbuf *out, const struct kept_job *kept)
{
	for (unsigned i = 0; i < ARRAY_LEN(fields); i++) {
		const struct field *field = &fields[i];
		const void *value = (const char *)kept + field->offset;

		strbuf_printf(out, "%s ", field->name);
		switch (field->type) {
		case NUMBER:
			strbuf_printf(out, "%" PRId64, get_number(value, field->size));
			break;
		case FLAG:
			strbuf_add_char(out, *(const bool *)value ? '1' : '0');
			break;
		case EVENT:
			strbuf_add(out, event_type(*(const enum event_kind *)value)->name);
			break;
		case TEXT:
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

static bool read_value(const struct field *field, const char *text, void *value)
{
	char *end;

	switch (field->type) {
	case NUMBER:
		put_number(value, field->size, strtoll(text, &end, 10));
		return end != text && *end == '\0';
	case FLAG:
		*(bool *)value = text[0] == '1';
		return strcmp(text, "0") == 0 || strcmp(text, "1") == 0;
	case EVENT:
		return event_by_name(text, value);
	case TEXT:
		return read_escaped(text, value, field->size);
	}
	return false;
}

/* Copy the next line of *TEXT if it is FIELD's, without its name. */
static bool take_value(const char **text, const struct field *field, char *value, size_t size)
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

bool job_read(const char **text, struct kept_job *kept)
{
	char value[2 * CONNINFO_MAX];
	struct kept_job got = { 0 };
	const char *at = *text;

	for (unsigned i = 0; i < ARRAY_LEN(fields); i++) {
		if (!take_value(&at, &fields[i], value, sizeof value) ||
		    !read_value(&fields[i], value, (char *)&got + fields[i].offset))
			return false;
	}
	*kept = got;
	*text = at;
	return true;
}
