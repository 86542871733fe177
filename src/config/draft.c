/* SPDX-License-Identifier: PostgreSQL */
#include "draft.h"

#include "foreign.h"
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
	bool *tried = draft->section->named ? draft->in_node->tried : draft->tried;
	tried[option - options] = true;
}

/* ------------------------------------------------------------------ sections */

static void hint_sections(struct draft *draft)
{
	char memory[ERROR_TEXT_MAX];
	struct strbuf list = STRBUF(memory);

	for (size_t i = 1; i < section_count; i++)
		strbuf_printf(&list, "%s[%s%s]", i > 1 ? ", " : "", sections[i].name,
			      sections[i].named ? " NAME" : "");
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

static void enter_node(struct draft *draft, const char *name)
{
	int line = draft->reader.line;
	struct node_section *place = &draft->node[draft->nodes < NODES ? draft->nodes : NODES];

	draft->nodes++;
	*place = (struct node_section) { .line = line };
	draft_preset("node", &place->node);
	if (!COPY_TEXT(place->node.name, name)) {
		notes_add(&draft->notes, CONFIG_ERROR, line,
			  "name of section [node] is too long: %zu bytes, at most %d are possible",
			  strlen(name), NAME_TEXT_MAX - 1);
		notes_hint(&draft->notes, "Write the node's name as in repmgr.nodes.");
	}
	draft->in_node = place;
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
	} else if (section->named && *rest == '\0') {
		notes_add(&draft->notes, CONFIG_ERROR, line, "section [%s] has no name", name);
		notes_hint(&draft->notes, "Write [%s NAME].", name);
		draft->section_lost = true;
	} else if (!section->named && *rest != '\0') {
		notes_add(&draft->notes, CONFIG_ERROR, line, "section [%s] takes no name", name);
		notes_hint(&draft->notes, "Write [%s].", name);
	} else if (section->later) {
		notes_add(&draft->notes, CONFIG_WARNING, line,
			  "section [%s] has no effect in this version", name);
	} else {
		draft->section = section;
		if (section->named)
			enter_node(draft, rest);
	}
}

/* -------------------------------------------------------------- unknown keys */

/* Add NAME to LIST, once. True: it was not there. */
static bool list_add(char list[NAMES_MAX], const char *name)
{
	size_t length = strlen(name);
	for (const char *item = list; *item != '\0'; item += strspn(item, ", ")) {
		size_t item_length = strcspn(item, ",");
		if (item_length == length && strncmp(item, name, length) == 0)
			return false;
		item += item_length;
	}
	/* Either the whole name or nothing of it. */
	size_t used = strlen(list);
	if (used + strlen(", ") + length < NAMES_MAX) {
		struct strbuf buf = strbuf_over(list + used, NAMES_MAX - used);
		strbuf_printf(&buf, "%s%s", used > 0 ? ", " : "", name);
	}
	return true;
}

static void old_key(struct draft *draft, const struct old_name *old)
{
	char successor[ERROR_TEXT_MAX];
	struct strbuf text = STRBUF(successor);

	if (strcmp(old->name, "node") == 0)
		draft->old_node_line = draft->reader.line;
	if (old->successor != NULL)
		strbuf_printf(&text, "its successor is %s", old->successor);
	else
		strbuf_add(&text, "it has no successor");
	notes_add(&draft->notes, CONFIG_WARNING, draft->reader.line,
		  "\"%s\" is a repmgr 3 setting and is ignored, %s", old->name, successor);
}

static void useless_key(struct draft *draft, const struct useless_name *useless)
{
	if (!list_add(draft->useless, useless->name) || useless->instead == NULL)
		return;
	size_t used = strlen(draft->instead);
	struct strbuf hint = strbuf_over(draft->instead + used, sizeof draft->instead - used);
	strbuf_printf(&hint, "%s%s", used > 0 ? " " : "", useless->instead);
}

static void unrecognized(struct draft *draft, const char *name)
{
	char shown[VALUE_SHOWN_MAX];
	notes_add(&draft->notes, CONFIG_ERROR, draft->reader.line,
		  "unrecognized configuration parameter \"%s\"", value_shown(name, shown));
}

/* Say where the key belongs; false if it is unknown everywhere. */
static bool say_elsewhere(struct draft *draft, const char *name)
{
	const struct option *option = option_find_anywhere(name);
	if (option == NULL)
		return false;
	unrecognized(draft, name);
	if (option->section[0] == '\0')
		notes_hint(&draft->notes, "It belongs above the first section.");
	else
		notes_hint(&draft->notes, "It belongs in section [%s].", option->section);
	return true;
}

static struct nearest nearest_key(const char *section, const char *name)
{
	struct nearest nearest = nearest_to(name);
	for (size_t i = 0; i < option_count; i++) {
		if (strcmp(options[i].section, section) == 0)
			nearest_try(&nearest, options[i].name);
	}
	return nearest;
}

/* repmgr warns of a key that it does not know and goes on, and a third of the real
 * files have one; so only what looks like a slip of the pen stops the start. */
static void unknown_repmgr_key(struct draft *draft, const char *name)
{
	const struct old_name *old = foreign_old_name(name);

	if (old != NULL) {
		old_key(draft, old);
		return;
	}
	if (foreign_is_include(name)) {
		notes_add(&draft->notes, CONFIG_ERROR, draft->reader.line,
			  "\"%s\" is not supported", name);
		notes_hint(&draft->notes, FOREIGN_INCLUDE_HINT);
		return;
	}
	const struct useless_name *useless = foreign_useless(name);
	if (useless != NULL) {
		useless_key(draft, useless);
		return;
	}
	if (say_elsewhere(draft, name))
		return;
	struct nearest nearest = nearest_key("", name);
	foreign_try_names(&nearest);
	if (nearest.best == NULL) {
		list_add(draft->unknown, name);
		return;
	}
	unrecognized(draft, name);
	notes_hint(&draft->notes, "Did you mean \"%s\"?", nearest.best);
	draft_on_broken(draft, nearest.best);
}

static void unknown_section_key(struct draft *draft, const char *name)
{
	const char *section = draft->section->name;
	struct nearest nearest = nearest_key(section, name);

	if (nearest.best == NULL && say_elsewhere(draft, name))
		return;
	unrecognized(draft, name);
	if (nearest.best != NULL) {
		notes_hint(&draft->notes, "Did you mean \"%s\"?", nearest.best);
		draft_on_broken(draft, nearest.best);
		return;
	}
	char memory[ERROR_TEXT_MAX];
	struct strbuf list = STRBUF(memory);
	for (size_t i = 0; i < option_count; i++) {
		if (strcmp(options[i].section, section) == 0)
			strbuf_printf(&list, "%s%s", list.length > 0 ? ", " : "", options[i].name);
	}
	notes_hint(&draft->notes, "Section [%s] has: %s.", section, memory);
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

static void set_option(struct draft *draft, const struct option *option, const char *value)
{
	struct error err;
	char text[LINE_BYTES_MAX + 1];
	bool of_node = draft->section->named;
	void *holder = of_node ? (void *)&draft->in_node->node : (void *)&draft->config;
	int *lines = of_node ? draft->in_node->option_line : draft->option_line;

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
	if (option->type == TYPE_EVENTS)
		notify_check(text, &draft->notes, draft->reader.line);
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
	else if (draft->section->name[0] == '\0')
		unknown_repmgr_key(draft, name);
	else
		unknown_section_key(draft, name);
	return 1;
}
