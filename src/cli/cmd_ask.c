/* SPDX-License-Identifier: PostgreSQL */
/* The commands that are a request to the running monitor. */
#include "commands.h"

#include "bdrmon/clock.h"
#include "bdrmon/report.h"
#include "load.h"

#include <inttypes.h>
#include <stdlib.h>

#define ASK_MS    2000
#define RELOAD_MS 15000 /* the monitor checks the file first */

/* Send REQUEST and print the answer. Without a monitor OTHERWISE is called; NULL: that is
 * an error. */
static int ask(const struct arguments *arguments, const char *request, int64_t limit_ms,
	       command_fn *otherwise)
{
	char text[REPORT_TEXT_MAX];
	struct strbuf body = STRBUF(text);
	struct config *config;
	struct error err;
	int code;

	enum status st = load_config(arguments, &config, &err);
	if (st != OK)
		return tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG);
	st = ask_monitor(config, request, instant_add_ms(clock_now(), limit_ms), &code, &body,
			 &err);
	free(config);
	if (st == OK) {
		fputs(text, code == EXIT_CODE_BAD_CONFIG ? stderr : stdout);
		return code;
	}
	if (otherwise != NULL)
		return otherwise(arguments);
	error_hint(&err, "Is a monitor running with this configuration file?");
	return tell_error(arguments, &err, EXIT_CODE_REPMGRD_SERVICE);
}

int ask_and_print(const struct arguments *arguments, const char *request, command_fn *otherwise)
{
	return ask(arguments, request, ASK_MS, otherwise);
}

int cmd_explain(const struct arguments *arguments)
{
	if (arguments->last || arguments->event != NULL)
		return hand_over(arguments);
	return ask_and_print(arguments, arguments->json ? "explain json" : "explain", NULL);
}

int cmd_status(const struct arguments *arguments)
{
	char request[64];
	struct strbuf line = STRBUF(request);
	enum report_format format = arguments->json  ? FORMAT_JSON
				    : arguments->csv ? FORMAT_CSV
						     : FORMAT_TABLE;

	if (arguments->probe)
		return hand_over(arguments);
	strbuf_printf(&line, "status %s", report_format_name(format));
	return ask_and_print(arguments, request, hand_over);
}

int cmd_pause(const struct arguments *arguments)
{
	char request[64];
	struct strbuf line = STRBUF(request);

	strbuf_add(&line, "pause");
	if (arguments->pause_ms > 0)
		strbuf_printf(&line, " %" PRId64, arguments->pause_ms);
	return ask_and_print(arguments, request, NULL);
}

int cmd_unpause(const struct arguments *arguments)
{
	return ask_and_print(arguments, "unpause", NULL);
}

int cmd_reload(const struct arguments *arguments)
{
	return ask(arguments, "reload", RELOAD_MS, NULL);
}
