/* SPDX-License-Identifier: PostgreSQL */
/* repoint, failback: the running monitor moves proxies where the operator wants them. */
#include "commands.h"

#include "bdrmon/clock.h"
#include "bdrmon/control.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"
#include "load.h"
#include "order.h"
#include "repoint.h"

#include <stdlib.h>
#include <string.h>

/* A move takes a few hundred milliseconds; one that has to wait for a console or for ssh takes
 * seconds. The order counts for longer. */
#define ROUTED_MS     10000
#define LOOK_AGAIN_MS 20
#define ASK_MS        2000

struct talk {
	const struct arguments *arguments;
	const struct config *config;
	char text[ERROR_TEXT_MAX + REASON_MAX];
	struct strbuf answer;
};

/* Ask the monitor; the answer's text is in TALK. */
static enum status ask(struct talk *talk, const char *request, int *code, struct error *err)
{
	talk->answer = STRBUF(talk->text);
	return ask_monitor(talk->config, request, instant_add_ms(clock_now(), ASK_MS), code,
			   &talk->answer, err);
}

static enum status order_route(struct talk *talk, const char *proxy, const char *node, int *code,
			       struct error *err)
{
	const char *const words[] = { "repoint", proxy, node,
				      talk->arguments->force ? "yes" : "no" };
	char line[CONTROL_REQUEST_MAX];
	struct strbuf request = STRBUF(line);

	order_write(words, ARRAY_LEN(words), &request);
	enum status st = ask(talk, line, code, err);
	if (st == OK && *code != EXIT_CODE_OK)
		fputs(talk->text, stderr);
	return st;
}

/* Until it points there, which is told. */
static enum status await_route(struct talk *talk, const char *proxy, const char *node,
			       struct instant deadline, int *code, struct error *err)
{
	const struct timespec pause = clock_timespec(LOOK_AGAIN_MS * 1000);
	char line[CONTROL_REQUEST_MAX];
	struct strbuf request = STRBUF(line);

	strbuf_printf(&request, "routed %s %s", proxy, node);
	enum status st = ask(talk, line, code, err);
	while (st == OK && *code == EXIT_CODE_NODE_STATUS &&
	       instant_before(clock_now(), deadline)) {
		nanosleep(&pause, NULL);
		st = ask(talk, line, code, err);
	}
	if (st == OK)
		tell_message(*code == EXIT_CODE_OK ? "NOTICE" : "WARNING", "%.*s",
			     (int)strcspn(talk->text, "\n"), talk->text);
	return st;
}

/* All orders first: each proxy has a thread of its own. Gives the first exit code that is not
 * EXIT_CODE_OK. */
static enum status order_routes(struct talk *talk, int *first, struct error *err)
{
	const struct config *config = talk->config;
	const char *ordered[PROXIES_MAX] = { NULL };
	struct instant deadline = instant_add_ms(clock_now(), ROUTED_MS);
	enum status st = OK;
	int code;

	*first = EXIT_CODE_OK;
	for (unsigned i = 0; i < config->pgbouncers && st == OK; i++) {
		const char *goal = repoint_goal(talk->arguments, &config->pgbouncer[i]);
		if (goal == NULL)
			continue;
		st = order_route(talk, config->pgbouncer[i].name, goal, &code, err);
		if (st == OK && code == EXIT_CODE_OK)
			ordered[i] = goal;
		if (st == OK && *first == EXIT_CODE_OK)
			*first = code;
	}
	for (unsigned i = 0; i < config->pgbouncers && st == OK; i++) {
		if (ordered[i] == NULL)
			continue;
		st = await_route(talk, config->pgbouncer[i].name, ordered[i], deadline, &code, err);
		if (st == OK && *first == EXIT_CODE_OK)
			*first = code;
	}
	return st;
}

int cmd_repoint(const struct arguments *arguments)
{
	struct talk talk = { .arguments = arguments };
	struct config *config;
	struct error err;
	int code;

	enum status st = load_config(arguments, &config, &err);
	if (st != OK)
		return tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG);
	st = repoint_check(arguments, config, &err);
	if (st == OK) {
		talk.config = config;
		st = order_routes(&talk, &code, &err);
	}
	free(config);
	if (st == ERR_SERVER)
		return hand_over(arguments);
	if (st == OK)
		return code;
	return tell_error(arguments, &err,
			  st == ERR_CONFIG ? EXIT_CODE_BAD_CONFIG : EXIT_CODE_REPMGRD_SERVICE);
}
