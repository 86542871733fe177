/* SPDX-License-Identifier: PostgreSQL */
/* repoint.h - which proxies the operator moves where, by repoint to the node that he names, by
 * failback to its home. */
#ifndef BDRMON_CLI_REPOINT_H
#define BDRMON_CLI_REPOINT_H

#include "arguments.h"
#include "bdrmon/config.h"

/* The node that PROXY shall point to, by name or ID; NULL: it is not to be moved. */
const char *repoint_goal(const struct arguments *arguments, const struct pgbouncer_config *proxy);

/* Is it said where to, is there a section for each name, and will they stay there?
 * Errors: ERR_CONFIG */
enum status repoint_check(const struct arguments *arguments, const struct config *config,
			  struct error *err);

#endif
