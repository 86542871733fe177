/* SPDX-License-Identifier: PostgreSQL */
/* fault_table.h - what can go wrong, in the words in which stories tell it. */
#ifndef SIM_FAULT_TABLE_H
#define SIM_FAULT_TABLE_H

#include "world.h"

/* Points besides the stages: between a proxy's file and its RELOAD, and while the command
 * runs. */
#define TRAP_MOVER   STAGES
#define TRAP_COMMAND (STAGES + 1)

/* In a text: %n a server (A, B), %h a host, %m a monitor (1 to 3), %p a proxy (P1 to P3), %v a
 * number. */
struct fault_kind {
	const char *text;
	void (*strike)(struct world *w, struct fault *f);
	void (*heal)(struct world *w, struct fault *f); /* NULL: nothing to be healed */
	/* In random schedules: how often, and the bounds of the number, and of its time in ms */
	unsigned weight;
	int32_t value[2], lasts[2];
	/* A trap: the first monitor that comes to this point, 1 + enum stage, falls into it: it
	 * crashes, or stalls. 0: it is none. */
	unsigned trap;
	bool stalls;
};

const struct fault_kind *fault_kinds(unsigned *count);

/* fault_links.c: what goes wrong between hosts. */
void cut_one(struct world *w, struct fault *f);
void mend_one(struct world *w, struct fault *f);
void cut_both(struct world *w, struct fault *f);
void mend_both(struct world *w, struct fault *f);
void isolate(struct world *w, struct fault *f);
void join(struct world *w, struct fault *f);
void mute(struct world *w, struct fault *f);
void deafen(struct world *w, struct fault *f);
void split(struct world *w, struct fault *f);
void unite(struct world *w, struct fault *f);
void lose(struct world *w, struct fault *f);
void lose_no_more(struct world *w, struct fault *f);
void lose_all(struct world *w, struct fault *f);
void lose_nothing(struct world *w, struct fault *f);
void slow_link(struct world *w, struct fault *f);
void fast_link(struct world *w, struct fault *f);
void reset(struct world *w, struct fault *f);
void reset_no_more(struct world *w, struct fault *f);
void reset_all(struct world *w, struct fault *f);
void reset_none(struct world *w, struct fault *f);

#endif
