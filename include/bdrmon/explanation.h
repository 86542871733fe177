/* SPDX-License-Identifier: PostgreSQL */
/* explanation.h - why a decision is as it is, as data: the rules, the facts by which they
 * hold, and what each vantage said. Pure.
 */
#ifndef BDRMON_EXPLANATION_H
#define BDRMON_EXPLANATION_H

#include "bdrmon/votes.h"
#include "bdrmon/routes.h"
#include "bdrmon/rules.h"
#include "bdrmon/stages.h"

/* Of one node. */
struct explanation {
	const struct rule *rule;
	const struct rule *would; /* the rule that would hold without a pause */
	bool rule_changed;        /* since the last decision */
	struct facts facts;
	struct votes votes;
	const struct stage_rule *stage;
	bool stage_changed;
	struct stage_facts stage_facts;
};

/* Of one proxy. */
struct route_explanation {
	unsigned route; /* where the proxy points; NODES: not known */
	const struct route_rule *rule;
	bool rule_changed;
	struct route_facts facts;
};

/* A fact by its name, and the words for its values, bit by bit. */
struct fact_words {
	const char *name;
	const char *value[8];
};

/* The words for the members of struct facts, stage_facts and route_facts, in their order. */
const struct fact_words *facts_words(unsigned *count);
const struct fact_words *stage_facts_words(unsigned *count);
const struct fact_words *route_facts_words(unsigned *count);

/* The word for VALUE, which is one bit. */
const char *fact_word(const struct fact_words *words, unsigned value);

#endif
