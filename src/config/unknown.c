/* SPDX-License-Identifier: PostgreSQL */
/* Keys that are no option of their section. */
#include "draft.h"

#include "foreign.h"
#include "nearest.h"
#include "values.h"

#include "bdrmon/strbuf.h"

#include <string.h>

/* Add NAME to LIST, once. True: it was not there. */
static bool list_add(struct name_list *list, const char *name)
{
	size_t length = strlen(name);
	for (const char *item = list->text; *item != '\0'; item += strspn(item, ", ")) {
		size_t item_length = strcspn(item, ",");
		if (item_length == length && strncmp(item, name, length) == 0)
			return false;
		item += item_length;
	}
	/* Either the whole name or nothing of it. */
	size_t used = strlen(list->text);
	if (used + strlen(", ") + length >= NAMES_MAX) {
		list->more++;
		return true;
	}
	struct strbuf buf = strbuf_over(list->text + used, NAMES_MAX - used);
	strbuf_printf(&buf, "%s%s", used > 0 ? ", " : "", name);
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
	if (!list_add(&draft->useless, useless->name) || useless->instead == NULL)
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
		list_add(&draft->unknown, name);
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

void draft_unknown_key(struct draft *draft, const char *name)
{
	if (draft->section->name[0] == '\0')
		unknown_repmgr_key(draft, name);
	else
		unknown_section_key(draft, name);
}
