/* SPDX-License-Identifier: PostgreSQL */
#include "each_proxy.h"

#include "bdrmon/proxy_survey.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/survey.h"
#include "commands.h"
#include "load.h"

#include <stdlib.h>
#include <string.h>

static bool is_named(const struct arguments *arguments, const char *name)
{
	for (unsigned i = 0; i < arguments->operand_count; i++) {
		if (strcmp(arguments->operands[i], name) == 0)
			return true;
	}
	return arguments->operand_count == 0;
}

static void list_names(const struct config *config, struct strbuf *out)
{
	for (unsigned i = 0; i < config->pgbouncers; i++)
		strbuf_printf(out, "%s\"%s\"", i > 0 ? ", " : "", config->pgbouncer[i].name);
}

/* Is there a section for each name, and one at least? */
static enum status check_names(const struct arguments *arguments, const struct config *config,
			       struct error *err)
{
	char names[ERROR_TEXT_MAX];
	struct strbuf list = STRBUF(names);

	if (config->pgbouncers == 0) {
		error_set(err, ERR_CONFIG, "\"%s\" has no section [pgbouncer NAME]", config->file);
		error_hint(err, "Add one for each PgBouncer that bdrmon shall move; see \"bdrmon "
				"config sample\".");
		return ERR_CONFIG;
	}
	list_names(config, &list);
	for (unsigned i = 0; i < arguments->operand_count; i++) {
		unsigned which = 0;
		while (which < config->pgbouncers &&
		       strcmp(config->pgbouncer[which].name, arguments->operands[i]) != 0)
			which++;
		if (which < config->pgbouncers)
			continue;
		error_set(err, ERR_CONFIG, "\"%s\" has no section [pgbouncer %s]", config->file,
			  arguments->operands[i]);
		error_hint(err, "There are %s.", names);
		return ERR_CONFIG;
	}
	return OK;
}

static int act_on(const struct config *config, unsigned which, const struct node_record *node,
		  one_proxy_fn *act, void *context)
{
	struct one_proxy one = { .name = config->pgbouncer[which].name, .node = node };
	struct proxy_setup setup;
	struct proxy proxy = { 0 };
	struct error err;

	enum status st = proxy_survey(config, which, node, &setup, &err);
	if (st == OK)
		st = proxy_open(&proxy, &setup, &err);
	if (st == OK)
		one.proxy = &proxy;
	else
		one.err = &err;
	int code = act(context, &one);
	if (st == OK)
		proxy_close(&proxy);
	return code;
}

static int act_on_all(const struct arguments *arguments, const struct config *config,
		      const struct node_record *node, one_proxy_fn *act, void *context)
{
	int first = EXIT_CODE_OK;

	for (unsigned i = 0; i < config->pgbouncers; i++) {
		if (!is_named(arguments, config->pgbouncer[i].name))
			continue;
		int code = act_on(config, i, node, act, context);
		if (first == EXIT_CODE_OK)
			first = code;
	}
	return first;
}

int each_proxy(const struct arguments *arguments, one_proxy_fn *act, void *context)
{
	const struct survey_wish wish = { 0 };
	struct survey_node survey[NODES];
	struct node_record node[NODES];
	struct config *config;
	struct error err;

	enum status st = load_config(arguments, &config, &err);
	if (st == OK)
		st = check_names(arguments, config, &err);
	if (st == OK)
		st = survey_take(config, &wish, survey, &err);
	if (st != OK)
		return tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG);
	for (unsigned i = 0; i < NODES; i++)
		node[i] = survey[i].node;
	int code = act_on_all(arguments, config, node, act, context);
	free(config);
	return code;
}
