/* SPDX-License-Identifier: PostgreSQL */
/* --once in bdrmon: the running monitor knows already. If there is none, or it does not
 * answer, bdrmond asks the nodes. */
#include "commands.h"

#include "bdrmon/clock.h"
#include "bdrmon/report.h"
#include "load.h"

#include <stdlib.h>

/* A monitor that is well answers within a millisecond. */
#define ASK_MS 1000

/* The rest of --timeout is for bdrmond, which starts to count anew. */
static int probe_instead(const struct arguments *arguments, struct instant deadline)
{
	struct arguments rest = *arguments;
	char text[32];
	struct strbuf option = STRBUF(text);
	size_t count = 0;

	while (arguments->argv[count] != NULL)
		count++;
	rest.argv = calloc(count + 2, sizeof *rest.argv);
	int64_t ms = ms_between(clock_now(), deadline);
	if (rest.argv == NULL || ms <= 0) {
		struct error err;
		free(rest.argv);
		error_set(&err, ERR_TIMEOUT, "the monitor did not answer before the time was over");
		return tell_unknown(arguments, &err);
	}
	for (size_t i = 0; i < count; i++)
		rest.argv[i] = arguments->argv[i];
	strbuf_printf(&option, "--timeout=%.3f", (double)ms / 1000);
	rest.argv[count] = text;
	int code = hand_over(&rest);
	free(rest.argv);
	return code;
}

int cmd_once(const struct arguments *arguments)
{
	struct instant now = clock_now();
	struct instant deadline = instant_add_ms(now, arguments->timeout_ms);
	int64_t ask_ms = arguments->timeout_ms / 4 < ASK_MS ? arguments->timeout_ms / 4 : ASK_MS;
	char request[256], text[REPORT_TEXT_MAX];
	struct strbuf line = STRBUF(request), body = STRBUF(text);
	struct config *config;
	struct error err;
	int code;

	if (arguments->probe)
		return hand_over(arguments);
	if (load_config(arguments, &config, &err) != OK)
		return tell_unknown(arguments, &err);
	strbuf_printf(&line, "once %s %s %s",
		      report_format_name(arguments->json ? FORMAT_JSON : FORMAT_NAGIOS),
		      arguments->warning != NULL ? arguments->warning : NODES_DOWN_WARNING,
		      arguments->critical != NULL ? arguments->critical : NODES_DOWN_CRITICAL);
	enum status st =
		ask_monitor(config, request, instant_add_ms(now, ask_ms), &code, &body, &err);
	free(config);
	if (st != OK)
		return probe_instead(arguments, deadline);
	fputs(text, stdout);
	return code;
}
