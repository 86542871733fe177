/* SPDX-License-Identifier: PostgreSQL */
/* scribe.h - the thread that writes into the nodes' own tables what has been decided: events
 * into repmgr.events, and into repmgr.nodes whether a node is active; and that makes
 * replication connect at once when a node is back. Nobody waits for it.
 *
 * An event is written once, with the time at which it happened, on the local node or, while
 * that one does not answer, on the other. What no node can take waits, also over a restart:
 * the recorder keeps it. If nobody knows whether a node has taken it, that node is asked
 * again and no other.
 *
 * The flags are a report for people and scripts, and never read here. They are written where
 * they differ, whenever that node can be reached.
 */
#ifndef BDRMON_RUNTIME_SCRIBE_H
#define BDRMON_RUNTIME_SCRIBE_H

#include "bdrmon/bulletin.h"
#include "bdrmon/node_record.h"
#include "bdrmon/repl.h"
#include "rows.h"

/* What repmgr.nodes should say of a node. */
enum active_flag {
	FLAG_AS_IT_IS, /* nobody knows better */
	FLAG_WELL,     /* active, unless its failure is recorded when that is written; waits
			* until it is known whether it can be recorded */
	FLAG_ACTIVE,
	FLAG_FAILED
};

enum reach { NOT_ASKED, ANSWERS, SILENT };

/* What the scribe must know. */
struct scribe_order {
	struct node_record node[NODES]; /* the local one first; id 0: not known yet */
	enum reach reach[NODES];        /* has it answered its last probe? */
	enum repl_kind repl[NODES];
	enum bulletin_tables tables[NODES]; /* does it have those for failures? */
	enum active_flag flag[NODES];
	uint64_t round;     /* rises with each change of the flags */
	bool poke;          /* let replication connect at once where it waits */
	int64_t timeout_ms; /* for what is done on one node */
};

struct scribe;

/* Take over what the bdrmon before has not written. CHANGED rings when scribe_save() has new
 * text; borrowed.
 * Errors: ERR_SYSTEM */
enum status scribe_new(const struct rows *kept, const struct doorbell *changed,
		       struct scribe **scribe, struct error *err);
enum status scribe_start(struct scribe *scribe, struct error *err);

/* Threads: the decider. */
void scribe_tell(struct scribe *scribe, const struct scribe_order *order);

/* Write this event. Its serial and `tried' are set here. Never blocks on a node. Threads:
 * any. */
void scribe_put(struct scribe *scribe, const struct row *row);

/* Append the text of what is not written yet: ROWS_TEXT_MAX bytes at most. Threads: any. */
void scribe_save(struct scribe *scribe, struct strbuf *out);

/* Write what can be written until DEADLINE, and end the thread. False: it has not ended, and
 * what it uses must stay. */
bool scribe_stop(struct scribe *scribe, struct instant deadline);
void scribe_free(struct scribe *scribe);

#endif
