/* SPDX-License-Identifier: PostgreSQL */
/* tables.h - what cluster show and cluster event share. */
#ifndef BDRMON_CLI_TABLES_H
#define BDRMON_CLI_TABLES_H

#include "arguments.h"
#include "bdrmon/survey.h"

/* Tell why there is nothing to print; gives the exit code. */
int tell_no_rows(const struct arguments *arguments, const struct survey_node survey[NODES]);

#endif
