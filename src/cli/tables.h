/* SPDX-License-Identifier: PostgreSQL */
/* tables.h - what cluster show and cluster event share. */
#ifndef BDRMON_CLI_TABLES_H
#define BDRMON_CLI_TABLES_H

#include "arguments.h"
#include "bdrmon/survey.h"

/* Prints what was found; gives the exit code. */
typedef int survey_print_fn(const struct arguments *arguments,
			    const struct survey_node survey[NODES]);

/* Ask both nodes of WISH and let PRINT print it. Does not return: a thread may hang and still
 * use what it was given. */
_Noreturn void survey_and_print(const struct arguments *arguments, const struct survey_wish *wish,
				survey_print_fn *print);

/* Tell why there is nothing to print; gives the exit code. */
int tell_no_rows(const struct arguments *arguments, const struct survey_node survey[NODES]);

#endif
