/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/strbuf.h"

#include <assert.h>
#include <inttypes.h>
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

void strbuf_add_decimal(struct strbuf *buf, int64_t number, int places)
{
	int64_t unit = 1;

	for (int i = 0; i < places; i++)
		unit *= 10;
	strbuf_printf(buf, "%s%" PRIdMAX ".%0*" PRIdMAX, number < 0 ? "-" : "",
		      imaxabs(number / unit), places, imaxabs(number % unit));
}

bool copy_text(char *to, size_t size, const char *text)
{
	struct strbuf buf = strbuf_over(to, size);
	strbuf_add(&buf, text);
	return !buf.cut;
}

/* The length of the UTF-8 character at TEXT; 0: there is none. Source: RFC 3629. */
static size_t character_length(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t length = c[0] < 0x80   ? 1
			: c[0] < 0xc2 ? 0
			: c[0] < 0xe0 ? 2
			: c[0] < 0xf0 ? 3
			: c[0] < 0xf5 ? 4
				      : 0;

	for (size_t i = 1; i < length; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	}
	/* longer than need be, a half of a pair, or behind the last one */
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
	    (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
		return 0;
	return length;
}

static bool ends_with_blank(const struct strbuf *buf)
{
	return buf->length > 0 && buf->text[buf->length - 1] == ' ';
}

bool copy_line(char *to, size_t size, const char *text)
{
	struct strbuf buf = strbuf_over(to, size);
	size_t length;

	for (const char *c = text; *c != '\0' && !buf.cut; c += length > 0 ? length : 1) {
		length = character_length(c);
		if (length == 0)
			strbuf_add_char(&buf, '?');
		else if (length > 1 && buf.length + length >= size)
			buf.cut = true; /* no half of a character */
		else if ((unsigned char)*c > ' ' && *c != 0x7f)
			strbuf_add_bytes(&buf, c, length);
		else if (buf.length > 0 && !ends_with_blank(&buf))
			strbuf_add_char(&buf, ' ');
	}
	if (ends_with_blank(&buf))
		buf.text[--buf.length] = '\0';
	return !buf.cut;
}
