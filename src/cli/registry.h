/* SPDX-License-Identifier: PostgreSQL */
/* registry.h - what register and unregister share: both nodes, each with a session and with
 * what its back-end says of it.
 */
#ifndef BDRMON_CLI_REGISTRY_H
#define BDRMON_CLI_REGISTRY_H

#include "arguments.h"
#include "bdrmon/config.h"
#include "bdrmon/events.h"
#include "bdrmon/nodes.h"
#include "bdrmon/repl.h"
#include "bdrmon/resolve.h"

struct side {
	struct node_record node; /* id 0: not known */
	struct resolver resolver;
	struct session *session; /* NULL: none */
	struct store store;
	struct repl_setup setup;
	char role[NAME_TEXT_MAX], database[NAME_TEXT_MAX]; /* of the session */
	bool has_rows;                                     /* repmgr.nodes is there */
	struct node_rows rows;                             /* what it holds */
};

struct registry {
	const struct arguments *arguments;
	struct config *config;
	struct side side[NODES]; /* this node, and the other one */
	int code;                /* of the exit, if something fails now */
};

/* Connect to this node, and see what is there: its back-end, the role's grants, repmgr.nodes.
 *
 * registry  always written; ended by registry_close()
 * Errors:   any; registry->code is the exit code */
enum status registry_open(const struct arguments *arguments, struct registry *registry,
			  struct error *err);

/* Do the same with the other node, which must be known: from a section [node NAME], or from
 * repmgr.nodes. */
enum status registry_open_other(struct registry *registry, struct error *err);

void registry_close(struct registry *registry);

/* Tell ERR, and that its code is that of the exit. */
int registry_fail(const struct registry *registry, enum status st, const struct error *err);

/* Do rows that are written on this node come to the other one by themselves? */
bool registry_rows_travel(const struct registry *registry);

/* Where rows travel, wait until the other node's table has the row of node ID, or has it no
 * more. False: it did not come to that in time. */
bool registry_wait_row(struct registry *registry, int id, bool present);

#endif
