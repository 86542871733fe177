/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/clock.h"
#include "bdrmon/config.h"
#include "bdrmon/once.h"
#include "bdrmon/report.h"
#include "commands.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is left of --timeout for printing and ending. */
#define PRINT_MS 50

static int print(const struct arguments *arguments, const struct report *report)
{
	_Static_assert(JSON_MAX >= NAGIOS_LINE_MAX, "one buffer serves both formats");
	char memory[JSON_MAX];
	struct strbuf out = STRBUF(memory);

	if (arguments->json)
		report_json(report, &out);
	else
		report_nagios(report, &out);
	fwrite(out.text, 1, out.length, stdout);
	fflush(stdout);
	return (int)report->state;
}

static int print_unknown(const struct arguments *arguments, const char *cluster, const char *text,
			 const char *hint)
{
	struct report report;
	char memory[REPORT_REASON_MAX];
	struct strbuf reason = STRBUF(memory);

	strbuf_add(&reason, text);
	if (hint[0] != '\0')
		strbuf_printf(&reason, " (%s)", hint);
	report_unknown(&report, cluster, memory);
	return print(arguments, &report);
}

int cmd_once_unknown(const struct arguments *arguments, const struct error *err)
{
	return print_unknown(arguments, "", err->text, err->hint);
}

/* Nagios reads one line: the first error, and how many more there are. */
static int print_config_errors(const struct arguments *arguments,
			       const struct config_report *messages)
{
	char memory[REPORT_REASON_MAX];
	struct strbuf text = STRBUF(memory);
	const struct config_message *first = messages->message;

	while (first->severity != CONFIG_ERROR)
		first++;
	strbuf_add(&text, first->text);
	if (messages->errors > 1)
		strbuf_printf(&text, ", and %u more errors", messages->errors - 1);
	return print_unknown(arguments, "", memory, first->hint);
}

static int look_and_print(const struct arguments *arguments, const struct config *config,
			  struct instant deadline)
{
	struct once_sight sight[NODES];
	struct report report = { .cluster = config->cluster };
	struct error err;

	if (once_look(config, deadline, sight, &err) != OK)
		return print_unknown(arguments, config->cluster, err.text, err.hint);
	for (unsigned i = 0; i < NODES; i++)
		report.node[i] = (struct report_node) { sight[i].node.id, sight[i].node.name,
							sight[i].result };
	report_judge(&report, sight[NODES - 1].missing.text);
	return print(arguments, &report);
}

int cmd_once(const struct arguments *arguments)
{
	struct instant deadline = instant_add_ms(clock_now(), arguments->timeout_ms - PRINT_MS);
	struct config *config = calloc(1, sizeof *config);
	struct config_report *messages = calloc(1, sizeof *messages);
	const char *path;
	struct error err;
	int code;

	if (config == NULL || messages == NULL)
		code = print_unknown(arguments, "", "out of memory", "");
	else if (arguments_find_config(arguments, &path, &err) != OK)
		code = cmd_once_unknown(arguments, &err);
	else if (config_read(path, config, messages) != OK)
		code = print_config_errors(arguments, messages);
	else
		code = look_and_print(arguments, config, deadline);
	/* A thread may hang in a name server and still use what it was given. */
	_exit(code);
}
