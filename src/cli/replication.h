/* SPDX-License-Identifier: PostgreSQL */
/* replication.h - what the back-ends say of their links, for cluster show. */
#ifndef BDRMON_CLI_REPLICATION_H
#define BDRMON_CLI_REPLICATION_H

#include "bdrmon/strbuf.h"
#include "bdrmon/survey.h"

/* Add a table with a row for each of the COUNT nodes. What is not known is "-". */
void replication_add_table(struct strbuf *out, const struct survey_node *const node[],
			   unsigned count);

/* Add an object; null if NODE, which may be NULL, has said nothing. */
void replication_add_json(struct strbuf *out, const struct survey_node *node);

#endif
