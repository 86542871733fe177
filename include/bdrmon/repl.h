/* SPDX-License-Identifier: PostgreSQL */
/* repl.h - the replication between the two nodes: what a node says of it. One back-end for
 * each kind, in a file of its own, with its SQL as a table.
 *
 * What a server cannot say is unknown, and stays so: it never counts as good or bad. Every
 * function asks the one node behind its session, has the wait's deadline, and is for the
 * thread that has the session. After an error session_usable() tells whether the session is.
 */
#ifndef BDRMON_REPL_H
#define BDRMON_REPL_H

#include "bdrmon/repl_kind.h"
#include "bdrmon/session.h"

enum repl_says { REPL_UNKNOWN, REPL_NO, REPL_YES };

#define REPL_UNKNOWN_NUMBER (-1)

/* So many nodes are told by name; more are only counted. */
#define REPL_NODES_MAX 4

/* What the database is, as its back-end says. */
struct repl_setup {
	enum repl_kind kind;
	char version[NAME_TEXT_MAX]; /* of the extension, or of the server */
	bool set_up;                 /* it is a node of a cluster */
	enum repl_says active;       /* and takes part in it */
	char node[NAME_TEXT_MAX];    /* its name there; empty: this back-end has no such names */
	unsigned nodes;              /* all nodes of the cluster, this one too; 0: cannot say */
	char name[REPL_NODES_MAX][NAME_TEXT_MAX]; /* of the nodes, as far as they have names */
};

/* One direction. */
struct repl_link {
	char name[NAME_TEXT_MAX]; /* of the subscription or slot; empty: there is none */
	enum repl_says up;
	int64_t lag_bytes; /* REPL_UNKNOWN_NUMBER: it cannot say */
	int64_t lag_ms;    /* the same */
};

enum repl_slot {
	REPL_SLOT_UNKNOWN,
	REPL_SLOT_SAFE,
	REPL_SLOT_AT_RISK, /* wal_status unreserved */
	REPL_SLOT_LOST     /* or invalidated: the other node cannot catch up any more */
};

struct repl_state {
	struct repl_link in;  /* from the other node to this one */
	struct repl_link out; /* from this node to the other one */
	enum repl_slot slot;  /* in which this node keeps what the other one lacks */
	int64_t conflicts;    /* counted so far; REPL_UNKNOWN_NUMBER: not counted here */
	uint64_t written_lsn; /* this node's own position; 0: cannot say */
	/* Of the other node's WAL, as far as it was received here; 0: cannot say. A link
	 * that is down, and one of pglogical or BDR in any case, tells only the end of the last
	 * transaction that was applied: behind that, the other node's position moves without
	 * rows. So this may be far behind, and nothing is lost: out.lag_bytes of the other
	 * node, as it was read last, is the better measure of what may be. */
	uint64_t received_lsn;
};

/* Both, as kept of one node. */
struct repl_sight {
	struct repl_setup setup;
	struct repl_state state;
	bool read;            /* `state' was */
	struct instant asked; /* when it was asked for; never: not yet */
};

/* As replication_type has it, "pglogical"; "none", "pgd". */
const char *repl_kind_name(enum repl_kind kind);

/* In words, "up", "at risk"; NULL for what is not known. */
const char *repl_says_word(enum repl_says says);
const char *repl_slot_word(enum repl_slot slot);

/* Find out what the database is. WANTED is the kind that is configured (REPL_BDR takes
 * REPL_PGD, too); REPL_NONE: whichever is there, first one that is set up. A database that
 * is none of them gives OK and REPL_NONE. A grant that is missing is named in
 * failure->reason, here and below. */
enum status repl_detect(struct session *session, enum repl_kind wanted, const struct pg_wait *wait,
			struct repl_setup *setup, struct pg_failure *failure);

/* Read the links, slots and positions. */
enum status repl_read(struct session *session, enum repl_kind kind, const struct pg_wait *wait,
		      struct repl_state *state, struct pg_failure *failure);

/* Both, one after the other, as a sight: what the server does not say, or not to this role,
 * stays unknown, and then it is not `read'. */
void repl_look(struct session *session, enum repl_kind wanted, const struct pg_wait *wait,
	       struct repl_sight *sight);

/* Let the link from the other node connect at once, and not when its own pause is over: for
 * when the other node accepts connections again. Leaves a link that is up, and one that an
 * operator disabled, as it is. May take 200 ms. Does nothing for kinds that try again within
 * 5 s by themselves, or cannot be made to. */
enum status repl_poke(struct session *session, enum repl_kind kind, const struct pg_wait *wait,
		      struct pg_failure *failure);

#endif
