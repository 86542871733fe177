/* SPDX-License-Identifier: PostgreSQL */
#include "load.h"

#include "bdrmon/control.h"

#include <stdlib.h>

static enum status first_error(const struct config_report *report, enum status st,
			       struct error *err)
{
	const struct config_message *first = report->message;

	while (first->severity != CONFIG_ERROR)
		first++;
	if (report->errors > 1)
		error_set(err, st, "%s, and %u more errors", first->text, report->errors - 1);
	else
		error_set(err, st, "%s", first->text);
	error_hint(err, "%s", first->hint);
	return st;
}

enum status load_config(const struct arguments *arguments, struct config **config,
			struct error *err)
{
	struct config *read = calloc(1, sizeof *read);
	struct config_report *report = calloc(1, sizeof *report);
	const char *path;
	enum status st;

	if (read == NULL || report == NULL)
		st = error_set(err, ERR_SYSTEM, "out of memory");
	else if ((st = arguments_find_config(arguments, &path, err)) == OK &&
		 (st = config_read(path, read, report)) != OK)
		st = first_error(report, st, err);
	if (st == OK)
		*config = read;
	else
		free(read);
	free(report);
	return st;
}

enum status ask_monitor(const struct config *config, const char *request, struct instant deadline,
			int *code, struct strbuf *body, struct error *err)
{
	char path[PATH_TEXT_MAX];

	enum status st = control_path(config->runtime_directory, path, err);
	if (st == OK)
		st = control_ask(path, request, deadline, code, body, err);
	return st;
}
