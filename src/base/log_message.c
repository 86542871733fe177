/* SPDX-License-Identifier: PostgreSQL */
#include "log_message.h"

#include "bdrmon/harmless.h"

#include <stdio.h>
#include <string.h>

/* The room for a part: all but the ends of those that follow. */
static size_t room_for(const struct log_message *message, enum log_part part)
{
	return LOG_TEXTS_MAX - message->size - (size_t)(LOG_PARTS - 1 - part);
}

static void finish_part(struct log_message *message, enum log_part part)
{
	char *text = message->texts + message->size;
	size_t length = strlen(text);

	text_make_harmless(text, length);
	message->start[part] = message->size;
	message->size += length + 1;
}

static void add_part(struct log_message *message, enum log_part part, const char *text)
{
	snprintf(message->texts + message->size, room_for(message, part), "%s",
		 text == NULL ? "" : text);
	finish_part(message, part);
}

void log_message_set(struct log_message *message, enum log_level level, const char *detail,
		     const char *hint, const char *format, va_list args)
{
	message->level = level;
	message->when = time(NULL);
	message->size = 0;
	vsnprintf(message->texts, room_for(message, LOG_PART_TEXT), format, args);
	finish_part(message, LOG_PART_TEXT);
	add_part(message, LOG_PART_DETAIL, detail);
	add_part(message, LOG_PART_HINT, hint);
}

void log_message_note(struct log_message *message, enum log_level level, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	log_message_set(message, level, NULL, NULL, format, args);
	va_end(args);
}
