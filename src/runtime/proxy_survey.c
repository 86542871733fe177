/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/proxy_survey.h"

#include "policy.h"

#include <stdlib.h>

static enum status check_known(const struct config *config, const struct node_record node[NODES],
			       struct error *err)
{
	for (unsigned i = 0; i < NODES; i++) {
		if (node[i].id != 0)
			continue;
		error_set(err, ERR_CONFIG, "the other node is not known");
		error_hint(err,
			   "Register both nodes, or add a section [node NAME] with its node_id and "
			   "conninfo to \"%s\".",
			   config->file);
		return ERR_CONFIG;
	}
	return OK;
}

enum status proxy_survey(const struct config *config, unsigned which,
			 const struct node_record node[NODES], struct proxy_setup *setup,
			 struct error *err)
{
	struct settings *settings;

	enum status st = check_known(config, node, err);
	if (st != OK)
		return st;
	if ((settings = malloc(sizeof *settings)) == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	st = policy_settings(config, settings, err);
	if (st == OK) {
		for (unsigned i = 0; i < NODES; i++)
			settings->proxy[which].node[i] = node[i];
		st = proxy_worker_setup(&settings->proxy[which], setup, err);
	}
	free(settings);
	return st;
}
