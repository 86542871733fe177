/* SPDX-License-Identifier: PostgreSQL */
/* matrix.h - a view in which I see node X down and Y up, to which vantages are added. X began
 * to fail at DOUBT_S, and if I have the claim, then since CLAIM_S; it is NOW_S. */
#ifndef MATRIX_H
#define MATRIX_H

#include "bdrmon/lookup.h"
#include "bdrmon/rules.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

enum { Y, X }; /* the two nodes */

#define DOUBT_S 90
#define CLAIM_S 95
#define NOW_S   100
#define STALE_S 20

struct matrix {
	struct decide_policy policy;
	struct memory memory;
	struct view view;
};

static inline struct instant second(int64_t s)
{
	return (struct instant) { s * 1000000 };
}

static inline struct sight seen(enum health health, int64_t asked_s)
{
	return (struct sight) { .health = health, .asked = second(asked_s) };
}

static inline void see_myself(struct matrix *m, unsigned node, enum health health, int64_t asked_s)
{
	m->view.node[node].last.outcome = health == HEALTH_UP ? OUTCOME_OK : OUTCOME_TIMEOUT;
	m->view.node[node].last.asked = second(asked_s);
	m->view.node[node].history.health = health;
}

static inline void take_claim(struct matrix *m)
{
	m->view.claim = (struct claim_view) { true, X, second(CLAIM_S) };
	m->view.record[Y].read = second(CLAIM_S);
}

/* Domains: 0 is mine and Y's host, 1 is X's host. */
static inline void matrix_begin(struct matrix *m)
{
	*m = (struct matrix) {
		.policy = { .health = { .attempts = 1, .recovery_hold_ms = 1000 },
			    .layout = { .me = 0, .node = { [Y] = 0, [X] = 1 } },
			    .claims = true,
			    .stale_ms = STALE_S * 1000,
			    .lease_ms = 3000,
			    .command_ms = 10000 },
		.memory = { .node = { { .seen_up = true }, { .seen_up = true } } },
		.view = { .made = second(NOW_S) },
	};
	see_myself(m, X, HEALTH_DOWN, NOW_S - 1);
	see_myself(m, Y, HEALTH_UP, NOW_S - 1);
	m->view.node[X].history.doubt_since = second(DOUBT_S);
	m->view.node[X].history.evidence = second(DOUBT_S + 1);
	m->view.node[Y].history.ok_since = second(1);
}

static inline struct facts matrix_facts(const struct matrix *m, unsigned subject)
{
	struct votes votes[NODES];
	for (unsigned i = 0; i < NODES; i++)
		votes_count(&votes[i], &m->memory, &m->view, i, &m->policy);
	return view_facts(&m->memory, &m->view, votes, subject, &m->policy);
}

static inline const char *matrix_rule(const struct matrix *m, unsigned subject)
{
	struct facts facts = matrix_facts(m, subject);
	return rules_match(&facts)->name;
}

#endif
