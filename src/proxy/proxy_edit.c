/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/proxy_text.h"

#include "file_look.h"
#include "mark.h"

#include "bdrmon/strbuf.h"

#include <assert.h>
#include <string.h>

/* The text is copied up to the next change, the change is added, and so on. */
struct edit {
	const char *copied; /* so far */
	struct strbuf made;
	const struct file_look *look;
	const struct proxy_aliases *aliases;
	const struct proxy_file *file;
};

static void copy_until(struct edit *edit, const char *at)
{
	strbuf_add_bytes(&edit->made, edit->copied, (size_t)(at - edit->copied));
	edit->copied = at;
}

/* Copy up to OLD, and leave that out. */
static void skip(struct edit *edit, struct span old)
{
	copy_until(edit, old.at);
	edit->copied += old.length;
}

static void replace_value(struct edit *edit, const struct parameter *parameter, const char *value)
{
	skip(edit, parameter->raw);
	connstr_add_value(&edit->made, value, parameter->raw.at[0] == '\'');
}

/* Give the alias that ends at END a port behind its HOST. */
static void add_port(struct edit *edit, const struct parameter *host, const char *port,
		     const char *end)
{
	assert(host->raw.at != NULL); /* what leads to a node has a host */
	const char *behind = host->raw.at + host->raw.length;
	/* A byte at the quote is skipped when it is read: it must stay the one. */
	bool glued = behind < end && *behind != ' ';

	copy_until(edit, glued ? host->end : behind);
	strbuf_printf(&edit->made, " port=%s%s", port, glued ? " " : "");
}

static void retarget(struct edit *edit, const struct entry *entry)
{
	const struct target *to = &edit->aliases->target[edit->file->node];
	struct connstr connstr = connstr_of(entry->value);
	struct parameter parameter, host = { .end = NULL };
	bool ported = false;

	if (entry->node == NODES)
		return; /* a later one of the same name counts */
	while (connstr_next(&connstr, &parameter) == CONNSTR_PARAMETER) {
		if (span_is(parameter.key, "host")) {
			host = parameter;
			if (!target_has_host(to, &parameter))
				replace_value(edit, &parameter, to->host);
		} else if (span_is(parameter.key, "port")) {
			ported = true;
			if (!target_has_port(to, parameter_number(&parameter)))
				replace_value(edit, &parameter, to->port);
		}
	}
	if (!ported && !target_has_port(to, PORT_DEFAULT))
		add_port(edit, &host, to->port, entry->value.at + entry->value.length);
}

/* What leads to NODE otherwise as the first of the named aliases does. */
static void add_probe_value(struct edit *edit, unsigned node)
{
	const struct target *target = &edit->aliases->target[node];
	const char *database = edit->aliases->name[edit->look->model];
	struct connstr connstr = connstr_of(edit->look->named[edit->look->model].value);
	struct parameter parameter;
	bool has_database = false;

	strbuf_add(&edit->made, "host=");
	connstr_add_value(&edit->made, target->host, false);
	strbuf_printf(&edit->made, " port=%s", target->port);
	while (connstr_next(&connstr, &parameter) == CONNSTR_PARAMETER) {
		if (!parameter_travels(&parameter))
			continue;
		has_database = has_database || span_is(parameter.key, "dbname");
		strbuf_add_char(&edit->made, ' ');
		strbuf_add_bytes(&edit->made, parameter.key.at, parameter.key.length);
		strbuf_add_char(&edit->made, '=');
		strbuf_add_bytes(&edit->made, parameter.raw.at, parameter.raw.length);
	}
	if (!has_database)
		strbuf_printf(&edit->made, " dbname=%s", proxy_database_of(database));
	/* In session pooling a client that asks now and then would keep the one server. */
	strbuf_add(&edit->made, " pool_size=1 pool_mode=transaction");
}

static void add_missing_probes(struct edit *edit)
{
	for (unsigned node = 0; node < NODES; node++) {
		if (edit->look->probe[node].kind != ENTRY_END)
			continue;
		strbuf_printf(&edit->made, "%s%s = ", edit->look->line_end,
			      edit->aliases->probe[node]);
		add_probe_value(edit, node);
	}
}

static void edit_named(struct edit *edit, const struct entry *entry)
{
	const struct file_look *look = edit->look;

	if (entry->value.at == look->first.value.at) {
		copy_until(edit, entry->begin);
		mark_write(&edit->made, edit->aliases, edit->file);
		strbuf_add(&edit->made, look->line_end);
	}
	retarget(edit, entry);
	if (entry->value.at == look->last.value.at) {
		copy_until(edit, entry->end);
		add_missing_probes(edit);
	}
}

static void edit_entry(struct edit *edit, const struct entry *entry)
{
	switch (entry->kind) {
	case ENTRY_NAMED:
		edit_named(edit, entry);
		break;
	case ENTRY_PROBE:
		skip(edit, entry->value);
		add_probe_value(edit, entry->which);
		break;
	case ENTRY_MARK: /* it stands above the first alias only */
		copy_until(edit, entry->begin);
		edit->copied = entry->next;
		break;
	case ENTRY_END:
		break;
	}
}

/* The comment line may have been the last one, without a line end. */
static void keep_last_line_open(struct strbuf *made, const char *text, size_t length)
{
	if (text[length - 1] == '\n' || made->length == 0 || made->text[made->length - 1] != '\n')
		return;
	made->length--;
	if (made->length > 0 && made->text[made->length - 1] == '\r')
		made->length--;
}

/* May the aliases of this file be pointed elsewhere? */
static enum status check_aliases(const struct file_look *look, const struct proxy_aliases *aliases,
				 struct error *err)
{
	char reason[REASON_MAX];
	struct strbuf out = STRBUF(reason);
	unsigned lost = file_look_lost(look, aliases);

	if (lost == aliases->count)
		return OK;
	file_look_say_lost(&out, look, aliases);
	error_set(err, ERR_CONFIG, "%s", reason);
	if (look->named[lost].kind == ENTRY_END)
		error_hint(err, "It must stand in [databases] of this very file, not of one that "
				"this includes, or that includes this.");
	else
		error_hint(err,
			   "Write \"host=%s port=%s\" or \"host=%s port=%s\", the host exactly "
			   "so, and no tabs between parameters.",
			   aliases->target[0].host, aliases->target[0].port,
			   aliases->target[1].host, aliases->target[1].port);
	return ERR_CONFIG;
}

/* Can it be written? A control character would make another line of it. */
static enum status check_targets(const struct proxy_aliases *aliases, struct error *err)
{
	for (unsigned node = 0; node < NODES; node++) {
		const struct target *target = &aliases->target[node];
		bool plain = target->host[0] != '\0' && target->port[0] != '\0' &&
			     strspn(target->port, "0123456789") == strlen(target->port);
		for (const char *c = target->host; *c != '\0'; c++)
			plain = plain && (unsigned char)*c >= ' ';
		if (!plain)
			return error_set(err, ERR_CONFIG,
					 "invalid host or port of node %d behind the proxy",
					 aliases->id[node]);
	}
	return OK;
}

enum status proxy_text_edit(const char *text, size_t length, const struct proxy_aliases *aliases,
			    const struct proxy_file *file, char *made, size_t size,
			    size_t *made_length, struct error *err)
{
	struct file_look look;
	struct entries entries = entries_of(text, length, aliases);
	struct entry entry;
	enum status st;

	assert(file->node < NODES);
	if ((st = check_targets(aliases, err)) != OK ||
	    (st = file_look(text, length, aliases, &look, err)) != OK ||
	    (st = check_aliases(&look, aliases, err)) != OK)
		return st;
	struct edit edit = {
		.copied = text,
		.made = strbuf_over(made, size),
		.look = &look,
		.aliases = aliases,
		.file = file,
	};
	while (entries_next(&entries, &entry, err) == OK && entry.kind != ENTRY_END)
		edit_entry(&edit, &entry);
	copy_until(&edit, text + length);
	if (edit.made.cut)
		return error_set(err, ERR_CONFIG, "edited file would be larger than %zu bytes",
				 size);
	keep_last_line_open(&edit.made, text, length);
	*made_length = edit.made.length;
	return OK;
}
