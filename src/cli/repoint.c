/* SPDX-License-Identifier: PostgreSQL */
#include "repoint.h"

#include "commands.h"
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

const char *repoint_goal(const struct arguments *arguments, const struct pgbouncer_config *proxy)
{
	const char *goal = arguments->command == COMMAND_FAILBACK ? proxy->home : arguments->to;
	bool moves = proxy_is_named(arguments, proxy->name) && goal != NULL && goal[0] != '\0';
	return moves ? goal : NULL;
}

/* A proxy that goes home by itself would not stay. */
static enum status check_home(const struct arguments *arguments, const struct config *config,
			      const struct pgbouncer_config *proxy, struct error *err)
{
	bool goes_home = config->failover.failback == FAILBACK_AUTO && proxy->home[0] != '\0';
	const char *goal = repoint_goal(arguments, proxy);

	if (!goes_home || goal == NULL || is_called(config, proxy->home, goal))
		return OK;
	error_set(err, ERR_CONFIG, "proxy \"%s\" would go home to node \"%s\" at once", proxy->name,
		  proxy->home);
	error_hint(err, "Set \"failback\" to \"manual\" in \"%s\" and reload first.", config->file);
	return ERR_CONFIG;
}

/* Some proxy must have a goal, and each that is named. */
static enum status check_goals(const struct arguments *arguments, const struct config *config,
			       struct error *err)
{
	const char *without = NULL;
	unsigned goals = 0;

	for (unsigned i = 0; i < config->pgbouncers; i++) {
		const struct pgbouncer_config *proxy = &config->pgbouncer[i];
		if (repoint_goal(arguments, proxy) != NULL)
			goals++;
		else if (proxy_is_named(arguments, proxy->name))
			without = proxy->name;
	}
	if (goals > 0 && (without == NULL || arguments->operand_count == 0))
		return OK;
	error_set(err, ERR_CONFIG, "proxy \"%s\" has no home", without);
	error_hint(err, "Set \"home\" in section [pgbouncer %s], or use \"repoint --to NODE\".",
		   without);
	return ERR_CONFIG;
}

enum status repoint_check(const struct arguments *arguments, const struct config *config,
			  struct error *err)
{
	if (arguments->command == COMMAND_REPOINT && arguments->to == NULL) {
		error_set(err, ERR_CONFIG, "it is not said which node to move to");
		error_hint(err, "Name it with \"--to NODE\".");
		return ERR_CONFIG;
	}
	enum status st = proxy_names_check(arguments, config, err);
	if (st == OK)
		st = check_goals(arguments, config, err);
	for (unsigned i = 0; i < config->pgbouncers && st == OK; i++)
		st = check_home(arguments, config, &config->pgbouncer[i], err);
	return st;
}
