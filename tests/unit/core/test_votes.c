/* SPDX-License-Identifier: PostgreSQL */
/* Votes and the facts made of them, over every matrix of three vantages besides me: what
 * each can see and when, in which domain it stands; compared with a counter that goes by
 * the words of the rules and not by their code. */
#include "matrix.h"

/* What a vantage says, and what that means without and with the claim. */
enum meaning { NOTHING, REFUSAL, NOT_SURE, DOWN, OLD_UP, UP, MEANINGS };

struct state {
	struct sight sight;
	enum meaning meaning, under_claim;
};

#define SIGHT(h, s)                                                                                \
	{                                                                                          \
		.health = (h), .asked = {(s)*INT64_C(1000000) }                                    \
	}
#define USED(s)                                                                                    \
	{                                                                                          \
		.health = HEALTH_DOWN, .asked = { 99 * INT64_C(1000000) }, .used = {               \
			(s)*INT64_C(1000000)                                                       \
		}                                                                                  \
	}

static const struct state states[] = {
	{ SIGHT(HEALTH_UNKNOWN, 0), NOTHING, NOTHING },
	{ SIGHT(HEALTH_UP, 99), UP, UP },
	{ SIGHT(HEALTH_RECOVERING, 91), UP, UP }, /* an old "up" still vetoes under the claim */
	{ SIGHT(HEALTH_UP, 89), OLD_UP, OLD_UP },
	{ SIGHT(HEALTH_UP, 79), NOTHING, NOTHING },
	{ SIGHT(HEALTH_SUSPECT, 99), NOT_SURE, NOT_SURE },
	{ SIGHT(HEALTH_DOWN, 99), DOWN, DOWN },
	{ SIGHT(HEALTH_DOWN, 94), DOWN, NOT_SURE }, /* older than the claim */
	{ SIGHT(HEALTH_DOWN, 79), NOTHING, NOTHING },
	{ USED(98), UP, UP }, /* a passive yes is worth more than a test */
	{ USED(89), OLD_UP, OLD_UP },
	{ USED(79), DOWN, DOWN },
};

/* The same of an arbiter; before there is a record it consents if it can be asked. */
static const struct {
	int64_t asked_s;
	struct arbiter_key key;
	enum meaning meaning, under_claim;
} arbiter_states[] = {
	{ 0, { 0, 0 }, NOTHING, NOTHING },  { 79, { 0, 0 }, NOTHING, NOTHING },
	{ 99, { 0, 0 }, DOWN, NOT_SURE },   { 99, { Y, 7 }, DOWN, DOWN },
	{ 94, { Y, 7 }, DOWN, NOT_SURE },   { 99, { Y, 8 }, REFUSAL, REFUSAL },
	{ 99, { X, 7 }, REFUSAL, REFUSAL },
};

#define OTHERS  3
#define DOMAINS 4

struct said {
	unsigned domain;
	enum meaning meaning;
};

/* The counter. */
struct count {
	bool counted[DOMAINS], has[DOMAINS][MEANINGS];
	bool host_says_so;
};

static bool sees_up(const struct count *c, unsigned d)
{
	return c->has[d][UP] || c->has[d][OLD_UP];
}

static bool is_silent(const struct count *c, unsigned d)
{
	return !c->has[d][REFUSAL] && !c->has[d][NOT_SURE] && !c->has[d][DOWN] && !sees_up(c, d);
}

/* Consents, or would if those who are not sure did. */
static bool consents(const struct count *c, unsigned d, bool unsure_too)
{
	if (d == 1 && is_silent(c, d) && c->host_says_so)
		return true;
	return (c->has[d][DOWN] || (unsure_too && c->has[d][NOT_SURE])) && !sees_up(c, d);
}

static enum fact_mandate mandate(const struct count *c, bool act, bool unsure_too)
{
	unsigned all = 0, yes = 0;
	bool undecided = false, third = false, third_heard = false;

	for (unsigned d = 0; d < DOMAINS; d++) {
		if (!c->counted[d])
			continue;
		bool yes_here = consents(c, d, unsure_too);
		all++;
		yes += yes_here;
		undecided = undecided || (!yes_here && !is_silent(c, d));
		third = third || d >= 2;
		third_heard = third_heard || (d >= 1 && yes_here); /* or X's own host */
	}
	if (yes > all / 2)
		return MANDATE_MAJORITY;
	return act && !undecided && (!third || third_heard) ? MANDATE_ACT : MANDATE_NONE;
}

static bool any(const struct count *c, enum meaning meaning)
{
	bool found = false;
	for (unsigned d = 0; d < DOMAINS; d++)
		found = found || c->has[d][meaning];
	return found;
}

static void compare(const struct matrix *m, const struct said said[OTHERS])
{
	struct facts f = matrix_facts(m, X);
	bool act = m->policy.act_without_majority;
	/* I stand in domain 0 and see it down; X's host is counted in any case */
	struct count c = { .counted = { true, true }, .has = { [0] = { [DOWN] = true } } };

	c.host_says_so = m->view.node[X].history.refused;
	for (unsigned i = 0; i < OTHERS; i++) {
		c.counted[said[i].domain] = true;
		c.has[said[i].domain][said[i].meaning] = true;
	}
	enum fact_mandate now = mandate(&c, act, false);
	bool more_may_come = now == MANDATE_NONE && mandate(&c, act, true) != MANDATE_NONE;

	assert_int_equal(f.subject, SUBJECT_DOWN);
	assert_int_equal(f.other, OTHER_UP);
	assert_int_equal(f.vetoed == YES, any(&c, UP));
	assert_int_equal(f.mandate, now);
	assert_int_equal(f.awaited == YES, !any(&c, UP) && (any(&c, OLD_UP) || more_may_come));
}

static void set_vantages(struct matrix *m, const unsigned state[OTHERS],
			 const unsigned domain[OTHERS], struct said said[OTHERS])
{
	bool claim = m->view.claim.held;

	m->policy.layout.peers = m->policy.layout.proxies = m->policy.layout.arbiters = 1;
	m->policy.layout.peer[0] = domain[0];
	m->policy.layout.proxy[0].domain = domain[1];
	m->policy.layout.arbiter[0] = domain[2];
	m->view.peer[0].sight[X] = states[state[0]].sight;
	m->view.proxy[0].sight[X] = states[state[1]].sight;
	m->view.arbiter[0].asked = second(arbiter_states[state[2]].asked_s);
	m->view.arbiter[0].key = arbiter_states[state[2]].key;
	for (unsigned i = 0; i < OTHERS - 1; i++)
		said[i].meaning = claim ? states[state[i]].under_claim : states[state[i]].meaning;
	said[2].meaning =
		claim ? arbiter_states[state[2]].under_claim : arbiter_states[state[2]].meaning;
	for (unsigned i = 0; i < OTHERS; i++)
		said[i].domain = domain[i];
}

static unsigned for_all_domains(struct matrix *m, const unsigned state[OTHERS])
{
	struct said said[OTHERS];
	unsigned compared = 0;

	for (unsigned place = 0; place < DOMAINS * DOMAINS * DOMAINS; place++) {
		unsigned domain[] = { place % 4, place / 4 % 4, place / 16 };
		set_vantages(m, state, domain, said);
		compare(m, said);
		compared++;
	}
	return compared;
}

static unsigned for_all_states(struct matrix *m)
{
	unsigned compared = 0;
	for (unsigned a = 0; a < ARRAY_LEN(states); a++) {
		for (unsigned b = 0; b < ARRAY_LEN(states); b++) {
			for (unsigned c = 0; c < ARRAY_LEN(arbiter_states); c++) {
				unsigned state[] = { a, b, c };
				compared += for_all_domains(m, state);
			}
		}
	}
	return compared;
}

static void test_every_matrix_of_three_vantages(void **state)
{
	unsigned compared = 0;
	(void)state;
	for (unsigned bits = 0; bits < 8; bits++) {
		struct matrix m;
		matrix_begin(&m);
		m.policy.act_without_majority = (bits & 1) != 0;
		m.view.node[X].history.ended_by_server = true;
		m.view.node[X].history.refused = (bits & 2) != 0;
		m.view.record[Y] = (struct record) { .epoch = 7, .stage = STAGE_CLAIMED };
		if ((bits & 4) != 0)
			take_claim(&m);
		compared += for_all_states(&m);
	}
	assert_int_equal(compared, 8 * 12 * 12 * 7 * 64);
}

static void test_with_two_domains_one_silent_there_is_no_majority(void **state)
{
	struct matrix m;
	struct votes v;
	(void)state;
	matrix_begin(&m);
	m.policy.layout.peers = m.policy.layout.proxies = 1;
	m.policy.layout.peer[0] = 1;
	m.policy.layout.proxy[0].domain = 0;
	m.view.proxy[0].sight[X] = seen(HEALTH_DOWN, NOW_S);
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.domains, domain_bit(0) | domain_bit(1));
	assert_int_equal(v.says[VOICE_CONSENTS], domain_bit(0));
	assert_int_equal(v.says[VOICE_SILENT], domain_bit(1));
	assert_int_equal(v.thirds, 0);
	assert_false(votes_majority(&v, v.says[VOICE_CONSENTS]));
	assert_true(votes_majority(&v, v.domains));
}

/* No cut can deceive it: it stands beside the server. */
static void test_who_is_on_the_failed_nodes_host_acts_without_a_third(void **state)
{
	struct matrix m;
	(void)state;
	matrix_begin(&m);
	m.policy.act_without_majority = true;
	m.policy.layout.me = 1; /* X's host */
	m.policy.layout.peers = 1;
	m.policy.layout.peer[0] = 0; /* Y's host, where nobody says anything */
	assert_int_equal(matrix_facts(&m, X).mandate, MANDATE_ACT);
	m.policy.layout.me = 2; /* somewhere else */
	assert_int_equal(matrix_facts(&m, X).mandate, MANDATE_NONE);
}

static void test_a_proxy_without_probe_aliases_counts_only_for_its_node(void **state)
{
	struct matrix m;
	struct votes v;
	(void)state;
	matrix_begin(&m);
	m.policy.layout.proxies = 1;
	m.policy.layout.proxy[0] = (struct proxy_place) { .domain = 2, .one_eyed = true };
	m.view.proxy[0].asked = second(NOW_S);
	m.view.proxy[0].route = X;
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.count, 3); /* it, me, and X's host */
	m.view.proxy[0].route = Y;
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.count, 2);
	m.view.proxy[0].asked = NEVER; /* it may be routed to X: it is silent */
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.count, 3);
	m.policy.layout.proxy[0].one_eyed = false;
	m.view.proxy[0].asked = second(NOW_S);
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.count, 3);
}

static void test_the_subjects_own_host_counts_only_by_young_evidence(void **state)
{
	struct matrix m;
	struct votes v;
	(void)state;
	matrix_begin(&m);
	m.view.node[X].history.ended_by_server = m.view.node[X].history.refused = true;
	see_myself(&m, X, HEALTH_DOWN, CLAIM_S - 1);
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.says[VOICE_CONSENTS], domain_bit(0) | domain_bit(1));
	take_claim(&m);
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.says[VOICE_UNSURE], domain_bit(0) | domain_bit(1));
	see_myself(&m, X, HEALTH_DOWN, CLAIM_S);
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.says[VOICE_CONSENTS], domain_bit(0) | domain_bit(1));
	/* a claim for the other node's failure is another matter */
	see_myself(&m, X, HEALTH_DOWN, CLAIM_S - 1);
	m.view.claim.failed = Y;
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.says[VOICE_CONSENTS], domain_bit(0) | domain_bit(1));
}

static void test_a_session_that_ended_while_i_was_stopped_proves_nothing(void **state)
{
	struct matrix m;
	struct votes v;
	(void)state;
	matrix_begin(&m);
	m.view.node[X].history.ended_by_server = m.view.node[X].history.refused = true;
	m.memory.awake = second(DOUBT_S - 1);
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.says[VOICE_CONSENTS], domain_bit(0) | domain_bit(1));
	m.memory.awake = second(DOUBT_S); /* it was told me when I awoke */
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.says[VOICE_CONSENTS], domain_bit(0));
}

/* The clock counts from the host's boot: never is not long ago then. */
static void test_an_arbiter_counts_only_if_it_has_answered_and_lately(void **state)
{
	static const struct {
		int64_t now_s, asked_s;
		enum voice voice;
	} cases[] = {
		{ NOW_S, NOW_S, VOICE_CONSENTS },
		{ NOW_S, NOW_S - STALE_S, VOICE_CONSENTS },
		{ NOW_S, NOW_S - STALE_S - 1, VOICE_SILENT },
		{ STALE_S - 1, 0, VOICE_SILENT },
	};
	struct matrix m;
	struct votes v;
	(void)state;
	matrix_begin(&m);
	m.policy.layout.arbiters = 1;
	m.policy.layout.arbiter[0] = 2;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		m.view.made = second(cases[i].now_s);
		m.view.arbiter[0].asked = second(cases[i].asked_s);
		votes_count(&v, &m.memory, &m.view, X, &m.policy);
		assert_int_equal(v.testimony[0].voice, cases[i].voice);
		assert_int_equal(v.testimony[0].evidence.us, m.view.arbiter[0].asked.us);
	}
	/* the key of a failure that is over is not a word about the next one */
	m.view.made = m.view.arbiter[0].asked = second(NOW_S);
	m.view.arbiter[0].key = (struct arbiter_key) { Y, 7 };
	m.view.record[Y] = (struct record) { .epoch = 7, .stage = STAGE_CLOSED };
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.testimony[0].voice, VOICE_REFUSES);
}

static void test_each_testimony_tells_who_and_what(void **state)
{
	struct matrix m;
	struct votes v;
	(void)state;
	matrix_begin(&m);
	m.policy.layout.peers = 1;
	m.policy.layout.peer[0] = 2;
	m.view.peer[0].sight[X] = seen(HEALTH_UP, NOW_S - 3);
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.count, 3);
	assert_int_equal(v.testimony[0].vantage, VANTAGE_PEER);
	assert_int_equal(v.testimony[0].voice, VOICE_VETOES);
	assert_int_equal(v.testimony[0].health, HEALTH_UP);
	assert_int_equal(v.testimony[0].domain, 2);
	assert_int_equal(v.testimony[0].evidence.us, second(NOW_S - 3).us);
	m.view.peer[0].sight[X].used = second(NOW_S - 2);
	votes_count(&v, &m.memory, &m.view, X, &m.policy);
	assert_int_equal(v.testimony[0].evidence.us, second(NOW_S - 2).us);
	assert_string_equal(vantage_name(v.testimony[1].vantage), "monitor");
	assert_string_equal(voice_name(v.testimony[1].voice), "consents");
	assert_int_equal(v.testimony[2].evidence.us, m.view.node[X].last.asked.us);
	assert_string_equal(vantage_name(v.testimony[2].vantage), "host");
	assert_string_equal(voice_name(v.testimony[2].voice), "is silent");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_matrix_of_three_vantages),
		cmocka_unit_test(test_with_two_domains_one_silent_there_is_no_majority),
		cmocka_unit_test(test_who_is_on_the_failed_nodes_host_acts_without_a_third),
		cmocka_unit_test(test_a_proxy_without_probe_aliases_counts_only_for_its_node),
		cmocka_unit_test(test_the_subjects_own_host_counts_only_by_young_evidence),
		cmocka_unit_test(test_a_session_that_ended_while_i_was_stopped_proves_nothing),
		cmocka_unit_test(test_an_arbiter_counts_only_if_it_has_answered_and_lately),
		cmocka_unit_test(test_each_testimony_tells_who_and_what),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
