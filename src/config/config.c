/* SPDX-License-Identifier: PostgreSQL */
#include "draft.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Debian's inih as its users do not expect it: lines are cut at 200 bytes, indented
 * ones are further values of the key before, and " ;" starts a comment. The reader
 * would protect us from the last two, but not from the first. */
static void set_up_inih(void)
{
	ini_use_stack = false;
	ini_allow_realloc = true;
	ini_max_line = 65536;
	ini_allow_inline_comments = false;
	ini_allow_multiline = false;
	ini_allow_no_value = false;
	ini_stop_on_first_error = false;
}

static enum status refuse_file(struct draft *draft, const char *what, int reason)
{
	notes_add(&draft->notes, CONFIG_ERROR, NO_LINE, "%s: %s", what, strerror(reason));
	notes_hint(&draft->notes,
		   "Name the file with \"-f FILE\"; the user who runs bdrmon must be "
		   "allowed to read it.");
	return ERR_SYSTEM;
}

static enum status read_lines(struct draft *draft, FILE *file)
{
	draft->reader = (struct reader) {
		.file = file,
		.notes = &draft->notes,
		.on_section = draft_on_section,
		.on_broken = draft_on_broken,
		.user = draft,
	};
	draft->section = section_find("");

	set_up_inih();
	errno = 0;
	int first_bad = ini_parse_stream(reader_gets, &draft->reader, draft_on_pair, draft);
	if (ferror(file))
		return refuse_file(draft, "could not read the configuration file", errno);
	if (first_bad < 0)
		return refuse_file(draft, "could not read the configuration file", ENOMEM);
	if (first_bad > 0) /* the reader lets nothing pass that inih refuses */
		notes_add(&draft->notes, CONFIG_ERROR, first_bad, "syntax error");
	return OK;
}

static enum status fill(struct draft *draft, const char *path)
{
	if (!COPY_TEXT(draft->config.file, path))
		return refuse_file(draft, "could not open the configuration file", ENAMETOOLONG);
	draft_preset("", &draft->config);
	for (size_t i = 1; i < section_count; i++) {
		if (sections[i].named == NULL)
			draft_preset(sections[i].name, &draft->config);
	}
	draft->config.notify = event_set_default();

	FILE *file = fopen(path, "re");
	if (file == NULL)
		return refuse_file(draft, "could not open the configuration file", errno);
	enum status st = read_lines(draft, file);
	fclose(file);
	if (st == OK)
		check_draft(draft);
	return st;
}

enum status draft_read(const char *path, config_conninfo_fn *check_conninfo,
		       struct config_report *report, struct draft **read)
{
	/* Too large for a stack that is not main's. */
	struct draft *draft = calloc(1, sizeof *draft);
	struct notes notes = notes_over(path, report);

	*read = draft;
	if (draft == NULL) {
		notes_add(&notes, CONFIG_ERROR, NO_LINE, "out of memory");
		return ERR_SYSTEM;
	}
	draft->notes = notes;
	enum status st = fill(draft, path);
	if (st == OK && check_conninfo != NULL)
		check_conninfos(draft, check_conninfo);
	if (st == OK && report->errors > 0)
		st = ERR_CONFIG;
	notes_finish(&draft->notes);
	return st;
}

enum status config_read(const char *path, struct config *config, struct config_report *report)
{
	struct draft *draft;

	enum status st = draft_read(path, NULL, report, &draft);
	if (st == OK)
		memcpy(config, &draft->config, sizeof *config);
	free(draft);
	return st;
}

enum status config_check(const char *path, config_conninfo_fn *check_conninfo,
			 struct config_report *report)
{
	struct draft *draft;

	enum status st = draft_read(path, check_conninfo, report, &draft);
	free(draft);
	return st;
}

enum repl_kind config_repl_kind(const struct config *config)
{
	static const enum repl_kind kinds[REPLICATION_TYPES] = {
		[REPLICATION_AUTO] = REPL_NONE,           [REPLICATION_BDR] = REPL_NONE,
		[REPLICATION_PGLOGICAL] = REPL_PGLOGICAL, [REPLICATION_LOGICAL] = REPL_LOGICAL,
		[REPLICATION_SPOCK] = REPL_SPOCK,
	};
	return kinds[config->replication_type];
}

const char *config_default_path(void)
{
	static const char *const paths[] = {
		"/etc/bdrmon/repmgr.ini",
		"./repmgr.ini",
		"/etc/repmgr.conf",
	};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (access(paths[i], F_OK) == 0)
			return paths[i];
	}
	return NULL;
}
