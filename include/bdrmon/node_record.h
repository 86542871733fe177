/* SPDX-License-Identifier: PostgreSQL */
/* node_record.h - which node is meant: repmgr's identity of a node. Pure. */
#ifndef BDRMON_NODE_RECORD_H
#define BDRMON_NODE_RECORD_H

#include "bdrmon/limits.h"

#include <stdbool.h>

struct node_record {
	int id; /* 0: not known */
	char name[NAME_TEXT_MAX];
	char conninfo[CONNINFO_MAX];
};

/* Is it the node that an operator calls NAME, by its name or its ID? One that is not known is
 * not. */
bool node_is_called(const struct node_record *node, const char *name);

#endif
