/* SPDX-License-Identifier: PostgreSQL */
/* log_repeat.h - repeated messages are counted, not repeated, as syslogd does it: a
 * message that is the same as the one before is only counted, and the count is told
 * when another one comes or the window has passed. Pure.
 */
#ifndef BDRMON_LOG_REPEAT_H
#define BDRMON_LOG_REPEAT_H

#include "bdrmon/instant.h"
#include "log_message.h"

#include <stdbool.h>

/* Shorter than a minute, in which what is missing is said again. */
#define LOG_REPEAT_WINDOW_MS 30000

struct log_repeat {
	struct instant since;    /* when the last message was written; NEVER: there is none */
	unsigned count;          /* how often it has come again */
	struct log_message last; /* also its level, for the count */
};

/* Count MESSAGE if it repeats the last one within the window: true, it need not be
 * written. */
bool log_repeat_count(struct log_repeat *repeat, const struct log_message *message,
		      struct instant now);

/* When the count must be told at the latest; NEVER: there is nothing to tell. */
struct instant log_repeat_due(const struct log_repeat *repeat);

/* Forget the last message; true if its count has to be told, as NOTE. */
bool log_repeat_end(struct log_repeat *repeat, struct log_message *note);

/* MESSAGE is what was written last. */
void log_repeat_begin(struct log_repeat *repeat, const struct log_message *message,
		      struct instant now);

#endif
