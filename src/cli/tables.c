/* SPDX-License-Identifier: PostgreSQL */
#include "tables.h"

#include "commands.h"

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
