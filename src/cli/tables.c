/* SPDX-License-Identifier: PostgreSQL */
#include "tables.h"

#include "commands.h"
#include "load.h"

#include <unistd.h>

int tell_no_rows(const struct arguments *arguments, const struct survey_node survey[NODES])
{
	struct error err;

	for (unsigned i = 0; i < NODES; i++) {
		if (survey[i].reached && survey[i].answered != OK)
			return tell_error(arguments, &survey[i].err, EXIT_CODE_BAD_CONFIG);
		if (survey[i].reached) {
			error_set(&err, ERR_CONFIG, "no node records were found");
			error_hint(&err, "ensure at least one node is registered");
			return tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG);
		}
	}
	error_set(&err, ERR_SERVER, "could not connect to node \"%s\" (ID: %d): %s",
		  survey[0].node.name, survey[0].node.id, survey[0].err.text);
	return tell_error(arguments, &err, EXIT_CODE_DB_CONN);
}

void survey_and_print(const struct arguments *arguments, const struct survey_wish *wish,
		      survey_print_fn *print)
{
	struct survey_node survey[NODES];
	struct config *config;
	struct error err;

	enum status st = load_config(arguments, &config, &err);
	if (st == OK)
		st = survey_take(config, wish, survey, &err);
	if (st != OK)
		_exit(tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG));
	_exit(print(arguments, survey));
}
