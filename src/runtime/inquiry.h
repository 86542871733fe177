/* SPDX-License-Identifier: PostgreSQL */
/* survey.h - what a worker asks of its node besides the probe, over the session that it
 * holds: the other node's record, a repmgrd, the replication. One table of questions, each
 * at a pace of its own; none of them can make a node look down.
 */
#ifndef BDRMON_RUNTIME_SURVEY_H
#define BDRMON_RUNTIME_SURVEY_H

#include "bdrmon/probe.h"
#include "worker.h"

enum survey_question {
	SURVEY_OTHER, /* the other node's record in repmgr.nodes */
	SURVEY_RIVAL,
	SURVEY_SETUP, /* which replication is there */
	SURVEY_LINKS, /* and how it does */
	SURVEY_POKE,  /* let it connect again at once */
	SURVEY_QUESTIONS
};

/* A worker's own state, on its stack. */
struct survey {
	struct worker *worker;
	struct prober *prober;
	struct instant due[SURVEY_QUESTIONS];
	bool found; /* a question has shown something of which others must know */
};

/* Ask all that is due now, if the node has just answered a probe; CELL takes the answers.
 * True: it has something new. */
bool survey_ask(struct survey *survey, const struct worker_order *order, struct worker_cell *cell);

/* The node behind the session is another one, or has another address: all is due. */
void survey_begin(struct survey *survey);

#endif
