/* SPDX-License-Identifier: PostgreSQL */
#include "repoint.h"

#include "proxy_names.h"

#include <stdlib.h>
#include <string.h>

/* Is the node NAME of the configuration the one that the operator calls WORD? */
static bool is_called(const struct config *config, const char *name, const char *word)
{
	bool same = strcmp(name, word) == 0;

	for (unsigned i = 0; i < NODES; i++) {
		const struct node_config *node = &config->node[i];
		same = same || (strcmp(node->name, name) == 0 && node->id == atoi(word));
	}
	return same;
}

/* A proxy that goes home by itself would not stay. */
static enum status check_home(const struct arguments *arguments, const struct config *config,
			      const struct pgbouncer_config *proxy, struct error *err)
{
	bool goes_home = config->failover.failback == FAILBACK_AUTO && proxy->home[0] != '\0';

	if (!goes_home || is_called(config, proxy->home, arguments->to))
		return OK;
	error_set(err, ERR_CONFIG, "proxy \"%s\" would go home to node \"%s\" at once", proxy->name,
		  proxy->home);
	error_hint(err, "Set \"failback\" to \"manual\" in \"%s\" and reload first.", config->file);
	return ERR_CONFIG;
}

enum status repoint_check(const struct arguments *arguments, const struct config *config,
			  struct error *err)
{
	if (arguments->to == NULL) {
		error_set(err, ERR_CONFIG, "it is not said which node to move to");
		error_hint(err, "Name it with \"--to NODE\".");
		return ERR_CONFIG;
	}
	enum status st = proxy_names_check(arguments, config, err);
	for (unsigned i = 0; i < config->pgbouncers && st == OK; i++) {
		const struct pgbouncer_config *proxy = &config->pgbouncer[i];
		if (proxy_is_named(arguments, proxy->name))
			st = check_home(arguments, config, proxy, err);
	}
	return st;
}
