/* SPDX-License-Identifier: PostgreSQL */
#include "command.h"

#include "bdrmon/strbuf.h"
#include "bdrmon/template.h"

#include <string.h>

/* Write "%t, %d", each between two QUOTE. */
static void list(placeholder_set set, const char *quote, struct strbuf *out)
{
	for (unsigned i = 0; i < PLACEHOLDERS; i++) {
		if ((set & placeholder_bit((enum placeholder)i)) == 0)
			continue;
		strbuf_printf(out, "%s%s%%%c%s", out->length > 0 ? ", " : "", quote,
			      placeholder_type((enum placeholder)i)->letter, quote);
	}
}

static void warn_of_bare(placeholder_set bare, struct notes *notes, int line)
{
	char names[128], quoted[128];
	struct strbuf plain = STRBUF(names), safe = STRBUF(quoted);

	list(bare, "", &plain);
	list(bare, "\"", &safe);
	notes_add(notes, CONFIG_WARNING, line,
		  "outside quotes in \"event_notification_command\": %s", names);
	notes_hint(notes,
		   "The shell splits such a value at blanks and drops an empty one. Unless the "
		   "command counts on that, write %s.",
		   quoted);
}

static void warn_of_reader(const struct template_review *review, struct notes *notes, int line)
{
	char names[128];
	struct strbuf plain = STRBUF(names);

	list(review->read_again, "", &plain);
	notes_add(notes, CONFIG_WARNING, line,
		  "\"%s\" in \"event_notification_command\" reads its argument as a command again, "
		  "and in it: %s",
		  review->reader, names);
	notes_hint(notes,
		   "There, a blank or quote in a value is one of that command. Let a script of "
		   "your own put it together; it finds the values in its environment.");
}

void command_check(const char *command, struct notes *notes, int line)
{
	struct template_review review;

	template_review(command, &review);
	if (review.read_again != 0)
		warn_of_reader(&review, notes, line);
	if (review.bare != 0)
		warn_of_bare(review.bare, notes, line);
}
