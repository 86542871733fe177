/* SPDX-License-Identifier: PostgreSQL */
/* fields_text.h - a struct as lines of text, "name value", by a table of its members: for
 * what is kept over a restart. Pure.
 */
#ifndef BDRMON_RUNTIME_FIELDS_TEXT_H
#define BDRMON_RUNTIME_FIELDS_TEXT_H

#include "bdrmon/strbuf.h"

#include <stddef.h>

enum text_type {
	TEXT_NUMBER, /* an int or an int64_t */
	TEXT_FLAG,   /* a bool */
	TEXT_EVENT,  /* an enum event_kind, by its name */
	TEXT_STRING  /* an array of char */
};

/* One line each, in the table's order. */
struct text_field {
	const char *name;
	enum text_type type;
	size_t offset, size;
};

#define TEXT_FIELD(struct_type, name, type, member)                                                \
	{                                                                                          \
		name, type, offsetof(struct_type, member), sizeof(((struct_type *)0)->member)      \
	}

void fields_write(struct strbuf *out, const struct text_field fields[], unsigned count,
		  const void *from);

/* Read what fields_write() has written, and put *TEXT behind it. False: something else stands
 * there; *TEXT is as it was, and TO is not to be used. */
bool fields_read(const char **text, const struct text_field fields[], unsigned count, void *to);

#endif
