/* SPDX-License-Identifier: PostgreSQL */
#include "notes.h"
#include "options.h"
#include "values.h"

#include <string.h>

void config_keep_fixed(const struct config *old, struct config *new, struct config_report *report)
{
	struct notes notes = { .file = new->file, .report = report };

	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &options[i];
		char *mine = (char *)new + option->offset;
		const char *theirs = (const char *)old + option->offset;
		char before[PATH_TEXT_MAX], after[PATH_TEXT_MAX];
		struct strbuf kept = STRBUF(before), wanted = STRBUF(after);

		if ((option->flags & FIXED) == 0)
			continue;
		value_print(option, old, &kept);
		value_print(option, new, &wanted);
		if (strcmp(before, after) == 0)
			continue;
		memcpy(mine, theirs, option->size);
		notes_add(&notes, CONFIG_WARNING, NO_LINE,
			  "parameter \"%s\" cannot change in a running monitor: \"%s\" stays in "
			  "force",
			  option->name, before);
		notes_hint(&notes, "Restart bdrmon to go over to \"%s\".", after);
	}
}
