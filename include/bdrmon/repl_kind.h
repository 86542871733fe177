/* SPDX-License-Identifier: PostgreSQL */
/* repl_kind.h - the kinds of replication between the two nodes. */
#ifndef BDRMON_REPL_KIND_H
#define BDRMON_REPL_KIND_H

enum repl_kind {
	REPL_NONE, /* none was found, or none is to be looked at */
	REPL_BDR,  /* BDR 1 and 2 */
	REPL_PGD,  /* BDR 3 and later: not verified */
	REPL_PGLOGICAL,
	REPL_LOGICAL, /* native logical replication with origin=none, from PostgreSQL 16 on */
	REPL_SPOCK,   /* not verified */
	REPL_KINDS
};

#endif
