/* SPDX-License-Identifier: PostgreSQL */
/* --once and status without a monitor: ask the nodes. */
#include "commands.h"

#include "bdrmon/clock.h"
#include "bdrmon/control.h"
#include "bdrmon/once.h"
#include "bdrmon/report.h"
#include "load.h"

#include <unistd.h>

/* What is left of --timeout for loading libpq, printing and ending: this much, and no
 * more than a fifth. */
#define RESERVE_MS 100

static int64_t probing_ms(int64_t timeout_ms)
{
	return timeout_ms - (timeout_ms / 5 < RESERVE_MS ? timeout_ms / 5 : RESERVE_MS);
}

/* Fill REPORT, which borrows from SIGHT and CONFIG. */
static enum status look(const struct arguments *arguments, const struct config *config,
			struct instant deadline, struct once_sight sight[NODES],
			struct report *report, struct error *err)
{
	struct report_limits limits;

	enum status st = report_limits_parse(
		arguments->warning != NULL ? arguments->warning : NODES_DOWN_WARNING,
		arguments->critical != NULL ? arguments->critical : NODES_DOWN_CRITICAL, &limits,
		err);
	if (st == OK)
		st = once_look(config, deadline, sight, err);
	if (st != OK)
		return st;
	*report =
		(struct report) { .cluster = config->cluster, .monitor_wanted = !arguments->probe };
	for (unsigned i = 0; i < NODES; i++) {
		report->node[i] = (struct report_node) {
			.id = sight[i].node.id,
			.name = sight[i].node.name,
			.result = sight[i].result,
		};
		control_link(&sight[i].repl, &sight[1 - i].repl,
			     config->failover.recovery_max_lag_bytes, &report->node[i].link);
	}
	report->missing = sight[NODES - 1].missing.text;
	report_judge(report, &limits);
	return OK;
}

static void print(const struct report *report, enum report_format format)
{
	char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);

	report_write(report, format, &out);
	fputs(text, stdout);
	fflush(stdout);
}

/* Does not return: a thread may hang in a name server and still use what it was given. */
static int probe(const struct arguments *arguments, enum report_format format, int error_code)
{
	struct instant deadline = instant_add_ms(clock_now(), probing_ms(arguments->timeout_ms));
	struct once_sight sight[NODES];
	struct report report;
	struct config *config;
	struct error err;

	enum status st = load_config(arguments, &config, &err);
	if (st == OK)
		st = look(arguments, config, deadline, sight, &report, &err);
	if (st != OK)
		_exit(tell_error(arguments, &err, error_code));
	print(&report, format);
	_exit(arguments->once            ? (int)report.state
	      : report.state == STATE_OK ? EXIT_CODE_OK
					 : EXIT_CODE_NODE_STATUS);
}

int cmd_once_probe(const struct arguments *arguments)
{
	return probe(arguments, arguments->json ? FORMAT_JSON : FORMAT_NAGIOS, 0);
}

int cmd_status_probe(const struct arguments *arguments)
{
	return probe(arguments,
		     arguments->json  ? FORMAT_JSON
		     : arguments->csv ? FORMAT_CSV
				      : FORMAT_TABLE,
		     EXIT_CODE_BAD_CONFIG);
}
