/* SPDX-License-Identifier: PostgreSQL */
/* pages.h - the scribe's state, and what it writes on each node. For scribe.c and pages.c. */
#ifndef BDRMON_RUNTIME_PAGES_H
#define BDRMON_RUNTIME_PAGES_H

#include "bdrmon/resolve.h"
#include "mailbox.h"
#include "scribe.h"

#include <pthread.h>

/* Somebody else may have changed the flags. */
#define FLAGS_AGAIN_MS 60000

#define BATCH_MAX 32

/* What is known of one node's tables. */
struct page {
	int node_id;
	struct resolver resolver;
	struct instant due; /* not before that moment */
	struct instant poke_due;
	unsigned pokes;         /* of the present wait for a link */
	struct instant flagged; /* when the flags were written last; never: not since it answers */
	uint64_t round;         /* of these flags */
	char said[REASON_MAX];  /* why it could not be written, when that was said last */
};

struct scribe {
	struct doorbell bell, stop;
	const struct doorbell *changed;
	struct mailbox orders;
	struct scribe_order order_box; /* the mailbox's memory */
	pthread_t thread;
	bool runs;
	struct instant last; /* when all must have ended; set before the stop rings */
	pthread_mutex_t lock;
	int64_t serial;
	struct rows rows;
	/* the thread's own: */
	struct scribe_order order;
	uint64_t orders_seen;
	bool ending;
	struct page page[NODES];
	struct row batch[BATCH_MAX];
};

/* How a flag is written on a node of which so much is known. */
enum flag_write {
	WRITE_NOTHING,
	WRITE_WELL, /* active, unless its failure is recorded there by now */
	WRITE_ACTIVE,
	WRITE_FAILED
};
enum flag_write flag_write(enum active_flag flag, enum bulletin_tables tables);

/* Write what is due on the nodes that answer. True: something was, and there may be more;
 * *AGAIN is when to come back, never: when something has changed. */
bool pages_write(struct scribe *scribe, struct instant *again);

#endif
