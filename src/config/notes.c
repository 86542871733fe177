/* SPDX-License-Identifier: PostgreSQL */
#include "notes.h"

#include "bdrmon/strbuf.h"

#include <limits.h>
#include <stdarg.h>
#include <string.h>

/* One place stays free for the message that says how many others there are. */
#define ROOM (CONFIG_MESSAGES_MAX - 1)

struct notes notes_over(const char *file, struct config_report *report)
{
	memset(report, 0, sizeof *report);
	return (struct notes) { .file = file, .report = report };
}

static void remove_at(struct notes *notes, unsigned at)
{
	struct config_report *report = notes->report;
	size_t behind = report->count - at - 1;

	memmove(&report->message[at], &report->message[at + 1], behind * sizeof report->message[0]);
	memmove(&notes->line[at], &notes->line[at + 1], behind * sizeof notes->line[0]);
	report->count--;
}

static bool make_room(struct notes *notes, enum config_severity severity)
{
	struct config_report *report = notes->report;

	if (report->count < ROOM)
		return true;
	notes->dropped++;
	if (severity != CONFIG_ERROR)
		return false;
	for (unsigned i = report->count; i-- > 0;) {
		if (report->message[i].severity != CONFIG_ERROR) {
			remove_at(notes, i);
			return true;
		}
	}
	return false;
}

/* Make place behind all messages of the same line or an earlier one. */
static struct config_message *insert(struct notes *notes, int line)
{
	struct config_report *report = notes->report;
	int order = line == NO_LINE ? INT_MAX : line;
	unsigned at = report->count;

	for (; at > 0 && notes->line[at - 1] > order; at--) {
		notes->line[at] = notes->line[at - 1];
		report->message[at] = report->message[at - 1];
	}
	notes->line[at] = order;
	report->count++;
	return &report->message[at];
}

void notes_add(struct notes *notes, enum config_severity severity, int line, const char *format,
	       ...)
{
	if (severity == CONFIG_ERROR)
		notes->report->errors++;
	else
		notes->report->warnings++;
	notes->last = NULL;
	if (!make_room(notes, severity))
		return;

	struct config_message *message = insert(notes, line);
	char text[CONFIG_TEXT_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);

	struct strbuf out = STRBUF(message->text);
	strbuf_add(&out, notes->file);
	if (line != NO_LINE)
		strbuf_printf(&out, ":%d", line);
	strbuf_add(&out, ": ");
	strbuf_add(&out, text);
	message->hint[0] = '\0';
	message->severity = severity;
	notes->last = message;
}

void notes_hint(struct notes *notes, const char *format, ...)
{
	if (notes->last == NULL)
		return;
	va_list args;
	va_start(args, format);
	vsnprintf(notes->last->hint, sizeof notes->last->hint, format, args);
	va_end(args);
}

void notes_finish(struct notes *notes)
{
	struct config_report *report = notes->report;

	if (notes->dropped == 0)
		return;
	struct config_message *message = &report->message[report->count++];
	struct strbuf out = STRBUF(message->text);
	strbuf_printf(&out, "%s: there is more to say than fits: %u further messages", notes->file,
		      notes->dropped);
	message->hint[0] = '\0';
	message->severity = report->errors > 0 ? CONFIG_ERROR : CONFIG_WARNING;
}
