/* SPDX-License-Identifier: PostgreSQL */
/* log_message.h - one message on its way to the log, as a value. Pure but for
 * vsnprintf(). */
#ifndef BDRMON_LOG_MESSAGE_H
#define BDRMON_LOG_MESSAGE_H

#include "bdrmon/log.h"

#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

/* The lines of a message, in their order. */
enum log_part { LOG_PART_TEXT, LOG_PART_DETAIL, LOG_PART_HINT, LOG_PARTS };

/* A message is one write(2), and those to a pipe are whole up to PIPE_BUF; the rest is
 * for time stamps and tags. */
#define LOG_TEXTS_MAX (PIPE_BUF - 256)

struct log_message {
	enum log_level level;
	time_t when;
	size_t start[LOG_PARTS]; /* of each part in texts; it ends with '\0', may be empty */
	size_t size;             /* what is used of texts */
	char texts[LOG_TEXTS_MAX];
};

/* Write the message MESSAGE of now. DETAIL and HINT may be NULL. Each part becomes one
 * line of harmless text without secrets; what does not fit is cut, the text last of all. */
void log_message_set(struct log_message *message, enum log_level level, const char *detail,
		     const char *hint, const char *format, va_list args)
	__attribute__((format(printf, 5, 0)));

/* The same, for the log's own remarks. */
void log_message_note(struct log_message *message, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
