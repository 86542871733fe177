/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/strbuf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct strbuf strbuf_over(char *memory, size_t size)
{
	assert(size > 0);
	memory[0] = '\0';
	return (struct strbuf) { .text = memory, .size = size };
}

void strbuf_add_bytes(struct strbuf *buf, const char *bytes, size_t length)
{
	size_t room = buf->size - 1 - buf->length;
	if (length > room) {
		length = room;
		buf->cut = true;
	}
	memcpy(buf->text + buf->length, bytes, length);
	buf->length += length;
	buf->text[buf->length] = '\0';
}

void strbuf_add_char(struct strbuf *buf, char c)
{
	strbuf_add_bytes(buf, &c, 1);
}

void strbuf_add(struct strbuf *buf, const char *text)
{
	strbuf_add_bytes(buf, text, strlen(text));
}

void strbuf_printf(struct strbuf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	size_t room = buf->size - buf->length;
	int wanted = vsnprintf(buf->text + buf->length, room, format, args);
	va_end(args);
	assert(wanted >= 0);
	if ((size_t)wanted >= room) {
		buf->cut = true;
		buf->length = buf->size - 1;
	} else {
		buf->length += (size_t)wanted;
	}
}

bool copy_text(char *to, size_t size, const char *text)
{
	struct strbuf buf = strbuf_over(to, size);
	strbuf_add(&buf, text);
	return !buf.cut;
}

bool copy_line(char *to, size_t size, const char *text)
{
	struct strbuf buf = strbuf_over(to, size);
	for (const char *c = text; *c != '\0'; c++) {
		if ((unsigned char)*c > ' ' && *c != 0x7f)
			strbuf_add_char(&buf, *c);
		else if (buf.length > 0 && buf.text[buf.length - 1] != ' ')
			strbuf_add_char(&buf, ' ');
	}
	if (buf.length > 0 && buf.text[buf.length - 1] == ' ')
		buf.text[--buf.length] = '\0';
	return !buf.cut;
}
