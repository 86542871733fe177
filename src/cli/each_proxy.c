/* SPDX-License-Identifier: PostgreSQL */
#include "each_proxy.h"

#include "bdrmon/proxy_survey.h"
#include "bdrmon/survey.h"
#include "commands.h"
#include "load.h"
#include "proxy_names.h"

#include <stdlib.h>

static int act_on(const struct config *config, unsigned which, const struct survey_node *survey,
		  const struct node_record *node, one_proxy_fn *act, void *context)
{
	struct one_proxy one = { .config = &config->pgbouncer[which],
				 .node = node,
				 .survey = survey };
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
		      const struct survey_node *survey, one_proxy_fn *act, void *context)
{
	struct node_record node[NODES];
	int first = EXIT_CODE_OK;

	for (unsigned i = 0; i < NODES; i++)
		node[i] = survey[i].node;
	for (unsigned i = 0; i < config->pgbouncers; i++) {
		if (!proxy_is_named(arguments, config->pgbouncer[i].name))
			continue;
		int code = act_on(config, i, survey, node, act, context);
		if (first == EXIT_CODE_OK)
			first = code;
	}
	return first;
}

int each_proxy(const struct arguments *arguments, const struct survey_wish *wish, one_proxy_fn *act,
	       void *context)
{
	struct survey_node survey[NODES];
	struct config *config;
	struct error err;

	enum status st = load_config(arguments, &config, &err);
	if (st == OK)
		st = proxy_names_check(arguments, config, &err);
	if (st == OK)
		st = survey_take(config, wish, survey, &err);
	if (st != OK)
		return tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG);
	int code = act_on_all(arguments, config, survey, act, context);
	free(config);
	return code;
}
