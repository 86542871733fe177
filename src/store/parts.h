/* SPDX-License-Identifier: PostgreSQL */
/* parts.h - what our schema consists of, in the order in which it is created. Each statement
 * runs on PostgreSQL 9.4, and is harmless if the part came meanwhile from the other node. */
#ifndef BDRMON_STORE_PARTS_H
#define BDRMON_STORE_PARTS_H

#include <stdbool.h>

struct schema_part {
	const char *name;
	const char *missing; /* a query with one boolean */
	const char *create;
	const char *would;          /* told in a dry run */
	const char *before, *after; /* told else; NULL: not worth a word */
	bool is_extension;
	bool of_extension; /* comes with it */
};

#define SCHEMA_NODES "table repmgr.nodes" /* the name of that part */

extern const struct schema_part schema_parts[];
extern const unsigned schema_part_count;

#endif
