/* SPDX-License-Identifier: PostgreSQL */
/* The scenarios of the rules, at the moment when a monitor sees the other node down and its
 * own up: what it hears of the others, and the rule that holds for it, with on_no_quorum
 * "wait" and "act". Monitor and node A are on one host, monitor and node B on another. */
#include "matrix.h"

/* What a vantage says of the other node. */
#define SILENT '-'
#define DOWN   'd'
#define UP     'u'
#define OLD_UP 'o' /* asked before my first failed probe */
#define USED   'p' /* down by its test, but applications work through it */
#define FREE   'f' /* an arbiter that can be asked to consent */

enum place {
	OWN_HOSTS,  /* two proxies, each on a host of its own */
	NODE_HOSTS, /* each on a node's host */
	ARBITER     /* no proxies, an arbiter */
};

static const struct {
	const char *story;
	enum place place;
	const char *heard; /* the peer, the proxies or the arbiter */
	bool conclusive;   /* the other node itself ended my session, and refuses */
	const char *wait, *act;
} scenarios[] = {
	{ "crash of B", OWN_HOSTS, "ddd", true, "failover", "failover" },
	{ "crash of B, firewalls answer", OWN_HOSTS, "ddd", false, "failover", "failover" },
	{ "host of B dead", OWN_HOSTS, "-dd", false, "failover", "failover" },
	{ "host of B dead", NODE_HOSTS, "-d-", false, "no_majority", "failover" },
	{ "postmaster of B dead", NODE_HOSTS, "ddd", true, "failover", "failover" },
	{ "and its monitor, too", NODE_HOSTS, "-d-", true, "failover", "failover" },
	{ "cut A-B", OWN_HOSTS, "-uu", false, "vetoed", "vetoed" },
	{ "cut A-B", NODE_HOSTS, "-d-", false, "no_majority", "failover" }, /* act's price */
	{ "cut A+P1 from B+P2", OWN_HOSTS, "-d-", false, "no_majority", "failover" },
	{ "P2 hears from B, and the cut is only mine", OWN_HOSTS, "-du", false, "vetoed",
	  "vetoed" },
	{ "I am cut from everything but my node", OWN_HOSTS, "---", false, "no_majority",
	  "no_majority" },
	{ "B answers after my deadline", OWN_HOSTS, "ddp", false, "vetoed", "vetoed" },
	{ "as my peer knows of its proxy", OWN_HOSTS, "pd-", false, "vetoed", "vetoed" },
	{ "a proxy was asked before the crash", OWN_HOSTS, "ddo", true, "asking", "asking" },
	{ "host of B dead", ARBITER, "-f", false, "failover", "failover" },
	{ "cut A-B, the arbiter relays", ARBITER, "uf", false, "vetoed", "vetoed" },
	{ "cut A+arbiter from B, on A", ARBITER, "-f", false, "failover", "failover" },
	{ "cut A+arbiter from B, on B", ARBITER, "--", false, "no_majority", "no_majority" },
	{ "arbiter dead, B crashes", ARBITER, "d-", false, "failover", "failover" },
	{ "arbiter and peer dead, B crashes", ARBITER, "--", true, "failover", "failover" },
};

static struct sight sight_of(char heard)
{
	switch (heard) {
	case DOWN:
		return seen(HEALTH_DOWN, NOW_S);
	case UP:
		return seen(HEALTH_UP, NOW_S);
	case OLD_UP:
		return seen(HEALTH_UP, DOUBT_S - 1);
	case USED:
		return (struct sight) { HEALTH_DOWN, second(NOW_S), second(NOW_S) };
	default:
		return (struct sight) { .health = HEALTH_UNKNOWN };
	}
}

static void place(struct matrix *m, enum place place, const char *heard)
{
	struct layout *layout = &m->policy.layout;

	layout->peers = 1;
	layout->peer[0] = 1; /* on X's host */
	m->view.peer[0].sight[X] = sight_of(heard[0]);
	if (place == ARBITER) {
		layout->arbiters = 1;
		layout->arbiter[0] = 2;
		m->view.arbiter[0].asked = heard[1] == FREE ? second(NOW_S) : NEVER;
		return;
	}
	layout->proxies = 2;
	for (unsigned i = 0; i < 2; i++) {
		layout->proxy[i].domain = place == OWN_HOSTS ? 2 + i : i;
		m->view.proxy[i].sight[X] = sight_of(heard[1 + i]);
	}
}

static void test_the_rule_that_holds(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(scenarios); i++) {
		struct matrix m;
		matrix_begin(&m);
		place(&m, scenarios[i].place, scenarios[i].heard);
		m.view.node[X].history.ended_by_server = scenarios[i].conclusive;
		m.view.node[X].history.refused = scenarios[i].conclusive;
		const char *wait = matrix_rule(&m, X);
		m.policy.act_without_majority = true;
		const char *act = matrix_rule(&m, X);
		if (strcmp(wait, scenarios[i].wait) != 0 || strcmp(act, scenarios[i].act) != 0)
			fail_msg("%s (%u): wait %s, act %s", scenarios[i].story, i, wait, act);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_rule_that_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
