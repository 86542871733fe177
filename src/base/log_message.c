/* SPDX-License-Identifier: PostgreSQL */
#include "log_message.h"

#include "bdrmon/harmless.h"
#include "bdrmon/secret.h"

#include <stdio.h>

/* Whoever logs has masked what he knows to hold a secret; but a command may print one,
 * and a server may repeat one. */
static void add_part(struct log_message *message, enum log_part part, const char *text)
{
	/* all the room but the ends of the parts that follow */
	size_t room = LOG_TEXTS_MAX - message->size - (size_t)(LOG_PARTS - 1 - part);
	struct strbuf out = strbuf_over(message->texts + message->size, room);

	secret_mask(&out, text);
	text_make_harmless(out.text, out.length);
	message->start[part] = message->size;
	message->size += out.length + 1;
}

void log_message_set(struct log_message *message, enum log_level level, const char *detail,
		     const char *hint, const char *format, va_list args)
{
	char text[LOG_TEXTS_MAX];

	message->level = level;
	message->when = time(NULL);
	message->size = 0;
	vsnprintf(text, sizeof text, format, args);
	add_part(message, LOG_PART_TEXT, text);
	add_part(message, LOG_PART_DETAIL, detail == NULL ? "" : detail);
	add_part(message, LOG_PART_HINT, hint == NULL ? "" : hint);
}

void log_message_note(struct log_message *message, enum log_level level, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	log_message_set(message, level, NULL, NULL, format, args);
	va_end(args);
}
