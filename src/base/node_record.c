/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/node_record.h"

#include <stdlib.h>
#include <string.h>

bool node_is_called(const struct node_record *node, const char *name)
{
	char *end;
	long id = strtol(name, &end, 10);

	return node->id != 0 && (strcmp(node->name, name) == 0 || (*end == '\0' && id == node->id));
}
