/* SPDX-License-Identifier: PostgreSQL */
#include "draft.h"

#include "command.h"
#include "legacy.h"
#include "nearest.h"
#include "notify.h"
#include "values.h"

#include "bdrmon/strbuf.h"

#include <assert.h>
#include <string.h>

int draft_line(const struct draft *draft, const char *section, const char *name)
{
	const struct option *option = option_find(section, name);
	assert(option != NULL);
	return draft->option_line[option - options];
}

int named_line(const struct named_section *named, const char *section, const char *name)
{
	const struct option *option = option_find(section, name);
	assert(option != NULL);
	return named->option_line[option - options];
}

void draft_preset(const char *section, void *holder)
{
	struct error err;
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &options[i];
		if (strcmp(option->section, section) != 0 || (option->flags & EXAMPLE) != 0)
			continue;
		enum status st = value_parse(option, option->preset, holder, &err);
		assert(st == OK); /* test: each_default_parses_and_is_within_its_bounds */
		(void)st;
	}
}

void draft_on_broken(void *user, const char *name)
{
	struct draft *draft = user;
	const struct option *option =
		draft->section == NULL ? NULL : option_find(draft->section->name, name);

	if (option == NULL)
		return;
	bool *tried = draft->section->named != NULL ? draft->in->tried : draft->tried;
	tried[option - options] = true;
}

/* ------------------------------------------------------------------ sections */

static void hint_sections(struct draft *draft)
{
	char memory[ERROR_TEXT_MAX];
	struct strbuf list = STRBUF(memory);

	for (size_t i = 1; i < section_count; i++)
		strbuf_printf(&list, "%s[%s%s]", i > 1 ? ", " : "", sections[i].name,
			      sections[i].named != NULL ? " NAME" : "");
	notes_hint(&draft->notes, "Sections are: %s.", memory);
}

static void unknown_section(struct draft *draft, const char *kind)
{
	struct nearest nearest = nearest_to(kind);
	char shown[VALUE_SHOWN_MAX];

	notes_add(&draft->notes, CONFIG_ERROR, draft->reader.line, "unrecognized section \"[%s]\"",
		  value_shown(kind, shown));
	for (size_t i = 1; i < section_count; i++)
		nearest_try(&nearest, sections[i].name);
	if (nearest.best != NULL)
		notes_hint(&draft->notes, "Did you mean \"[%s]\"?", nearest.best);
	else
		hint_sections(draft);
	draft->section_lost = true;
}

struct named_list *draft_list(struct draft *draft, const struct section *section)
{
	if (strcmp(section->name, "pgbouncer") == 0)
		return &draft->pgbouncer;
	return strcmp(section->name, "arbiter") == 0 ? &draft->arbiter : &draft->node;
}

static void enter_named(struct draft *draft, const struct section *section, const char *name)
{
	int line = draft->reader.line;
	struct named_list *list = draft_list(draft, section);
	struct named_section *place = &list->at[list->count < NAMED_MAX ? list->count : NAMED_MAX];

	list->count++;
	*place = (struct named_section) { .line = line };
	draft_preset(section->name, &place->node);
	if (!COPY_TEXT(place->name, name)) {
		notes_add(&draft->notes, CONFIG_ERROR, line,
			  "name of section [%s] is too long: %zu bytes, at most %d are possible",
			  section->name, strlen(name), NAME_TEXT_MAX - 1);
		notes_hint(&draft->notes, list == &draft->node
						  ? "Write the node's name as in repmgr.nodes."
						  : "Shorten it.");
	}
	draft->in = place;
}

void draft_on_section(void *user, char *name)
{
	struct draft *draft = user;
	int line = draft->reader.line;

	draft->section = NULL;
	draft->section_lost |= name == NULL;
	if (name == NULL)
		return;
	size_t length = strcspn(name, " \t");
	const char *rest = name + length + strspn(name + length, " \t");
	name[length] = '\0';

	const struct section *section = name[0] == '\0' ? NULL : section_find(name);
	if (section == NULL) {
		unknown_section(draft, name);
	} else if (section->named != NULL && *rest == '\0') {
		notes_add(&draft->notes, CONFIG_ERROR, line, "section [%s] has no name", name);
		notes_hint(&draft->notes, "Write [%s NAME].", name);
		draft->section_lost = true;
	} else if (section->named == NULL && *rest != '\0') {
		notes_add(&draft->notes, CONFIG_ERROR, line, "section [%s] takes no name", name);
		notes_hint(&draft->notes, "Write [%s].", name);
	} else {
		draft->section = section;
		if (section->named != NULL)
			enter_named(draft, section, rest);
	}
}

/* ---------------------------------------------------------------- known keys */

static bool take_line(struct draft *draft, const struct option *option, int *line)
{
	int before = *line;

	*line = draft->reader.line;
	if (before == 0) {
		if ((option->flags & NO_EFFECT_YET) != 0)
			notes_add(&draft->notes, CONFIG_WARNING, *line,
				  "parameter \"%s\" has no effect in this version", option->name);
		return true;
	}
	if (option->section[0] == '\0') {
		notes_add(&draft->notes, CONFIG_WARNING, *line,
			  "parameter \"%s\" is set again, its value in line %d is not used",
			  option->name, before);
		return true;
	}
	*line = before;
	notes_add(&draft->notes, CONFIG_ERROR, draft->reader.line,
		  "parameter \"%s\" is already set in line %d", option->name, before);
	notes_hint(&draft->notes, "Take one of the two out.");
	return false;
}

/* Warn of what the value RAW may not mean as it is written; TEXT is what it means. */
static void review_value(struct draft *draft, const struct option *option, const char *raw,
			 const char *text)
{
	char explained[ERROR_TEXT_MAX];
	struct strbuf difference = STRBUF(explained);
	int line = draft->reader.line;

	if (option->type == TYPE_EVENTS) { /* where quotes are no part of an item for us either */
		notify_check(text, &draft->notes, line);
		return;
	}
	if (option->type == TYPE_COMMAND)
		command_check(text, &draft->notes, line);
	if (option->section[0] != '\0')
		return;
	legacy_explain(raw, text, &difference);
	if (difference.length == 0)
		return;
	notes_add(&draft->notes, CONFIG_WARNING, line, "repmgr read another value of \"%s\": %s",
		  option->name, explained);
	notes_hint(&draft->notes, "To bdrmon these characters are a part of the value.");
}

static void set_option(struct draft *draft, const struct option *option, const char *value)
{
	struct error err;
	char text[LINE_BYTES_MAX + 1];
	bool named = draft->section->named != NULL;
	void *holder = named ? (void *)&draft->in->node : (void *)&draft->config;
	int *lines = named ? draft->in->option_line : draft->option_line;

	if (!take_line(draft, option, &lines[option - options]))
		return;
	COPY_TEXT(text, value);
	if (value_unquote(option, text, &err) != OK ||
	    value_parse(option, text, holder, &err) != OK) {
		notes_add(&draft->notes, CONFIG_ERROR, draft->reader.line, "%s", err.text);
		if (err.hint[0] != '\0')
			notes_hint(&draft->notes, "%s", err.hint);
		return;
	}
	review_value(draft, option, value, text);
}

int draft_on_pair(void *user, const char *section, const char *name, const char *value)
{
	struct draft *draft = user;

	(void)section; /* inih knows none: the reader keeps them */
	if (draft->section == NULL)
		return 1;
	const struct option *option = option_find(draft->section->name, name);
	if (option != NULL)
		set_option(draft, option, value);
	else
		draft_unknown_key(draft, name);
	return 1;
}
