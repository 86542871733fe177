/* SPDX-License-Identifier: PostgreSQL */
/* notes.h - collect what there is to say about one file, in the order of lines. */
#ifndef CONFIG_NOTES_H
#define CONFIG_NOTES_H

#include "bdrmon/config.h"

#define NO_LINE 0 /* a message about the file as a whole; these come last */

struct notes {
	const char *file;             /* borrowed, as the user wrote it */
	struct config_report *report; /* borrowed */
	struct config_message *last;  /* what a hint belongs to; NULL if there was no room */
	unsigned dropped;
	int line[CONFIG_MESSAGES_MAX];
};

struct notes notes_over(const char *file, struct config_report *report);

/* Add "FILE:LINE: text". When there is no more room, an error takes the place of the
 * last warning. */
void notes_add(struct notes *notes, enum config_severity severity, int line, const char *format,
	       ...) __attribute__((format(printf, 4, 5)));

/* Add a hint to the message that notes_add() added last. */
void notes_hint(struct notes *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Say how much there was no room for. */
void notes_finish(struct notes *notes);

#endif
