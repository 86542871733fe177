/* SPDX-License-Identifier: PostgreSQL */
/* What is seen of a proxy and by it, as facts and as the rule that follows from them. */
#include "matrix.h"

#include "bdrmon/routes.h"

/* A proxy on a host of its own that points to X and sees both nodes up, as I do. */
static void proxy_begin(struct matrix *m)
{
	matrix_begin(m);
	see_myself(m, X, HEALTH_UP, NOW_S);
	m->policy.layout.proxies = 1;
	m->policy.layout.proxy[0] = (struct proxy_place) { .domain = 2, .home = NO_HOME };
	m->view.proxy[0] = (struct proxy_view) {
		.looked = second(NOW_S),
		.asked = second(NOW_S),
		.route = X,
		.file = { .epoch = 4, .node = X },
		.sight = { seen(HEALTH_UP, NOW_S), seen(HEALTH_UP, NOW_S) },
	};
}

static const char *rule_of(const struct matrix *m)
{
	struct route_facts facts = route_facts(&m->memory, &m->view, 0, &m->policy);
	return routes_match(&facts)->name;
}

static enum login_retry retry_of(const struct matrix *m)
{
	struct route_facts facts = route_facts(&m->memory, &m->view, 0, &m->policy);
	return route_login_retry(&facts, &m->view, 0, &m->policy);
}

static void test_a_proxy_by_its_own_sights(void **state)
{
	static const struct {
		struct sight x, y;
		const char *rule;
	} cases[] = {
		{ { HEALTH_UP, { 99000000 }, { 0 } }, { 0 }, "in_use" },
		{ { HEALTH_RECOVERING, { 99000000 }, { 0 } }, { 0 }, "in_use" },
		{ { HEALTH_DOWN, { 99000000 }, { 98000000 } },
		  { HEALTH_UP, { 99000000 }, { 0 } },
		  "in_use" }, /* a passive yes */
		{ { HEALTH_SUSPECT, { 99000000 }, { 0 } },
		  { HEALTH_UP, { 99000000 }, { 0 } },
		  "waiting" },
		{ { HEALTH_DOWN, { 79000000 }, { 0 } },
		  { HEALTH_UP, { 99000000 }, { 0 } },
		  "waiting" },
		{ { HEALTH_DOWN, { 99000000 }, { 0 } },
		  { HEALTH_UP, { 99000000 }, { 0 } },
		  "repair" },
		{ { HEALTH_DOWN, { 99000000 }, { 0 } },
		  { HEALTH_RECOVERING, { 99000000 }, { 0 } },
		  "repair" },
		{ { HEALTH_DOWN, { 99000000 }, { 0 } },
		  { HEALTH_UP, { 79000000 }, { 0 } },
		  "stuck" },
		{ { HEALTH_DOWN, { 99000000 }, { 0 } },
		  { HEALTH_SUSPECT, { 99000000 }, { 0 } },
		  "stuck" },
	};
	struct matrix m;
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		proxy_begin(&m);
		m.view.proxy[0].sight[X] = cases[i].x;
		m.view.proxy[0].sight[Y] = cases[i].y;
		assert_string_equal(rule_of(&m), cases[i].rule);
	}
}

static void test_one_fresh_failed_test_is_enough_if_i_see_the_node_down_too(void **state)
{
	struct matrix m;
	(void)state;
	proxy_begin(&m);
	m.view.proxy[0].sight[X] = seen(HEALTH_SUSPECT, DOUBT_S);
	assert_string_equal(rule_of(&m), "waiting");
	see_myself(&m, X, HEALTH_SUSPECT, NOW_S);
	assert_string_equal(rule_of(&m), "waiting");
	see_myself(&m, X, HEALTH_DOWN, NOW_S);
	assert_string_equal(rule_of(&m), "repair");
	m.view.proxy[0].sight[X].asked = second(DOUBT_S - 1);
	assert_string_equal(rule_of(&m), "waiting");
	m.view.proxy[0].sight[X] = seen(HEALTH_UNKNOWN, NOW_S); /* this test says nothing */
	assert_string_equal(rule_of(&m), "waiting");
}

static void test_where_a_proxy_points_must_be_known(void **state)
{
	struct matrix m;
	(void)state;
	proxy_begin(&m);
	m.view.proxy[0].route = NODES;
	assert_string_equal(rule_of(&m), "unread");
	m.view.proxy[0].route = X;
	m.view.proxy[0].asked = second(NOW_S - STALE_S);
	assert_string_equal(rule_of(&m), "in_use");
	m.view.proxy[0].asked = second(NOW_S - STALE_S - 1);
	assert_string_equal(rule_of(&m), "unread");
	m.view.proxy[0].asked = NEVER;
	assert_string_equal(rule_of(&m), "unread");
	m.view.made = second(STALE_S - 1); /* the host has just booted: never is not long ago */
	assert_string_equal(rule_of(&m), "unread");
	/* what is not known does not differ from anything, and is not away from home */
	m.view.proxy[0].file.node = NODES;
	m.policy.failback = true;
	struct route_facts facts = route_facts(&m.memory, &m.view, 0, &m.policy);
	assert_int_equal(facts.differs, NO);
	assert_int_equal(facts.home, NO);
}

static void test_nothing_is_done_while_nothing_may_be_done(void **state)
{
	struct matrix m;
	(void)state;
	proxy_begin(&m);
	m.view.proxy[0].sight[X] = seen(HEALTH_DOWN, NOW_S);
	assert_string_equal(rule_of(&m), "repair");
	m.view.word.proxy_maintenance = 1u << 1; /* another one */
	assert_string_equal(rule_of(&m), "repair");
	m.view.word.proxy_maintenance = 1u << 0;
	assert_string_equal(rule_of(&m), "off");
	m.view.word.proxy_maintenance = 0;
	m.view.word.paused_until = FOR_EVER;
	assert_string_equal(rule_of(&m), "off");
	m.view.word.paused_until = second(NOW_S); /* it is over */
	assert_string_equal(rule_of(&m), "repair");
	m.view.rival = true;
	assert_string_equal(rule_of(&m), "off");
	m.view.rival = false;
	m.view.crowded = true;
	assert_string_equal(rule_of(&m), "off");
	m.view.crowded = false;
	m.memory.late = second(NOW_S);
	assert_string_equal(rule_of(&m), "off");
}

static void order_it_to(struct matrix *m, unsigned node)
{
	m->view.word.route[0] = (struct route_word) { .until = second(NOW_S + 60), .to = node };
}

static void test_the_operators_word_counts_until_it_is_obeyed_or_over(void **state)
{
	struct matrix m;
	(void)state;
	proxy_begin(&m);
	order_it_to(&m, X);
	assert_string_equal(rule_of(&m), "in_use");
	order_it_to(&m, Y);
	assert_string_equal(rule_of(&m), "ordered");
	m.view.word.paused_until = FOR_EVER; /* which is his word, too */
	m.view.word.proxy_maintenance = 1u << 0;
	assert_string_equal(rule_of(&m), "ordered");
	m.memory.late = second(NOW_S);
	assert_string_equal(rule_of(&m), "off");
	m.memory.late = NEVER;
	m.memory.proxy[0].obeyed = second(NOW_S + 60);
	assert_string_equal(rule_of(&m), "off");
	m.memory.proxy[0].obeyed = second(NOW_S + 59); /* an earlier one was */
	assert_string_equal(rule_of(&m), "ordered");
	m.view.word.route[0].until = second(NOW_S);
	assert_string_equal(rule_of(&m), "off");
}

static void test_only_who_insists_is_moved_to_a_node_that_has_failed(void **state)
{
	struct matrix m;
	(void)state;
	proxy_begin(&m);
	order_it_to(&m, Y);
	m.view.record[X] = (struct record) { .epoch = 3, .stage = STAGE_DONE };
	assert_string_equal(rule_of(&m), "in_use");
	m.view.word.route[0].force = true;
	assert_string_equal(rule_of(&m), "ordered");
	m.view.proxy[0].sight[Y] = seen(HEALTH_DOWN, NOW_S);
	assert_string_equal(rule_of(&m), "in_use");
}

static void test_without_probe_aliases_a_proxy_does_not_see_the_other_node(void **state)
{
	struct matrix m;
	(void)state;
	proxy_begin(&m);
	m.policy.layout.proxy[0].one_eyed = true;
	assert_string_equal(rule_of(&m), "in_use");
	m.view.proxy[0].sight[X] = seen(HEALTH_DOWN, NOW_S);
	assert_string_equal(rule_of(&m), "stuck");
}

static void test_a_target_that_has_failed_is_the_last_resort(void **state)
{
	struct matrix m;
	(void)state;
	proxy_begin(&m);
	m.view.proxy[0].sight[X] = seen(HEALTH_DOWN, NOW_S);
	m.view.record[X] = (struct record) { .epoch = 3, .stage = STAGE_COMMANDED };
	assert_string_equal(rule_of(&m), "last_resort");
	m.view.record[X].stage = STAGE_CLOSED;
	see_myself(&m, Y, HEALTH_RECOVERING, NOW_S);
	assert_string_equal(rule_of(&m), "last_resort");
	see_myself(&m, Y, HEALTH_UP, NOW_S);
	m.memory.node[Y].failed = true;
	assert_string_equal(rule_of(&m), "last_resort");
}

/* X has failed, which is recorded on Y as done; the proxy does not know of it, and sees X. */
static void fence_begin(struct matrix *m)
{
	proxy_begin(m);
	m->view.record[Y] = (struct record) {
		.read = second(NOW_S), .epoch = 7, .stage = STAGE_DONE, .started_us = 1000
	};
	m->view.node[X].started_us = 2000;
	m->view.proxy[0].file.honoured[Y] = 6;
}

static void test_a_node_that_came_back_is_fenced(void **state)
{
	struct matrix m;
	(void)state;
	fence_begin(&m);
	assert_string_equal(rule_of(&m), "fenced");
	m.view.proxy[0].file.honoured[Y] = 7; /* this proxy was moved back knowingly */
	assert_string_equal(rule_of(&m), "in_use");
	m.view.proxy[0].file.node = Y; /* its file does, and is not loaded yet */
	assert_string_equal(rule_of(&m), "fenced");
	fence_begin(&m);
	m.view.record[Y].stage = STAGE_COMMANDED; /* it is not done */
	assert_string_equal(rule_of(&m), "in_use");
	fence_begin(&m);
	m.view.record[Y].read = second(NOW_S - STALE_S);
	assert_string_equal(rule_of(&m), "fenced");
	m.view.record[Y].read = second(NOW_S - STALE_S - 1); /* it may be closed by now */
	assert_string_equal(rule_of(&m), "in_use");
	fence_begin(&m);
	m.view.record[X] = (struct record) { .epoch = 8, .stage = STAGE_CLAIMED }; /* so has Y */
	assert_string_equal(rule_of(&m), "in_use");
	fence_begin(&m);
	m.view.proxy[0].sight[Y] = seen(HEALTH_DOWN, NOW_S);
	assert_string_equal(rule_of(&m), "in_use");
}

static void test_a_node_that_did_not_restart_is_not_fenced_off_who_can_use_it(void **state)
{
	struct matrix m;
	(void)state;
	fence_begin(&m);
	m.view.node[X].started_us = 1000;
	assert_string_equal(rule_of(&m), "in_use");
	m.view.node[X].started_us = 0; /* not known */
	assert_string_equal(rule_of(&m), "in_use");
	m.view.node[X].started_us = 2000;
	m.view.record[Y].started_us = 0;
	assert_string_equal(rule_of(&m), "in_use");
	m.view.proxy[0].sight[X] = seen(HEALTH_UNKNOWN, NOW_S); /* a test may have been lost */
	assert_string_equal(rule_of(&m), "waiting");
	m.view.proxy[0].sight[X] = seen(HEALTH_DOWN, NOW_S); /* it does not use it */
	assert_string_equal(rule_of(&m), "fenced");
	m.policy.keep_together = true; /* this is the move that they make together */
	assert_string_equal(rule_of(&m), "fenced");
	m.view.proxy[0].sight[X].used = second(NOW_S);
	assert_string_equal(rule_of(&m), "in_use");
}

static void test_a_proxy_goes_home_when_nothing_is_open(void **state)
{
	struct matrix m;
	(void)state;
	proxy_begin(&m);
	m.policy.layout.proxy[0].home = Y;
	assert_string_equal(rule_of(&m), "in_use");
	m.policy.failback = true;
	assert_string_equal(rule_of(&m), "home");
	m.policy.layout.proxy[0].home = X;
	assert_string_equal(rule_of(&m), "in_use");
	m.policy.layout.proxy[0].home = Y;
	m.view.record[Y] = (struct record) { .epoch = 3, .stage = STAGE_CLAIMED };
	assert_string_equal(rule_of(&m), "in_use");
	m.view.record[Y].stage = STAGE_CLOSED;
	m.view.record[X] = (struct record) { .epoch = 3, .stage = STAGE_CLAIMED };
	assert_string_equal(rule_of(&m), "in_use");
}

static void test_file_and_route_that_differ(void **state)
{
	struct matrix m;
	(void)state;
	proxy_begin(&m);
	m.view.proxy[0].file.node = Y;
	assert_string_equal(rule_of(&m), "write_back");
	m.view.proxy[0].sight[X] = seen(HEALTH_DOWN, NOW_S);
	assert_string_equal(rule_of(&m), "reload");
	m.view.proxy[0].file.node = NODES; /* it names neither: nothing to load */
	assert_string_equal(rule_of(&m), "repair");
	m.view.proxy[0].file.node = X;
	m.policy.keep_together = true;
	assert_string_equal(rule_of(&m), "together");
}

/* For two windows after it was seen first, as a look shows that began later. */
static void test_a_file_that_differs_is_left_to_who_has_written_it(void **state)
{
	struct matrix m;
	(void)state;
	proxy_begin(&m);
	m.policy.write_window_ms = 500;
	m.view.proxy[0].file_since = second(NOW_S - 1);
	assert_string_equal(rule_of(&m), "in_use");
	m.view.proxy[0].file.node = Y;
	assert_string_equal(rule_of(&m), "loading");
	m.view.proxy[0].sight[X] = seen(HEALTH_DOWN, NOW_S);
	assert_string_equal(rule_of(&m), "loading");
	m.view.made.us += 1000; /* the look is as old */
	assert_string_equal(rule_of(&m), "loading");
	m.view.proxy[0].asked.us += 1000;
	assert_string_equal(rule_of(&m), "reload");
}

static void test_login_retry_is_low_while_anything_is_in_doubt(void **state)
{
	struct matrix m;
	(void)state;
	proxy_begin(&m);
	assert_int_equal(retry_of(&m), LOGIN_RETRY_OWN);
	see_myself(&m, X, HEALTH_SUSPECT, NOW_S);
	assert_int_equal(retry_of(&m), LOGIN_RETRY_LOW);
	see_myself(&m, X, HEALTH_UP, NOW_S);
	m.view.proxy[0].sight[X] = seen(HEALTH_SUSPECT, NOW_S);
	assert_int_equal(retry_of(&m), LOGIN_RETRY_LOW);
	m.view.word.paused_until = FOR_EVER;
	assert_int_equal(retry_of(&m), LOGIN_RETRY_KEEP);
	m.view.word.paused_until = NEVER;
	m.view.proxy[0].route = NODES;
	assert_int_equal(retry_of(&m), LOGIN_RETRY_KEEP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_proxy_by_its_own_sights),
		cmocka_unit_test(test_one_fresh_failed_test_is_enough_if_i_see_the_node_down_too),
		cmocka_unit_test(test_where_a_proxy_points_must_be_known),
		cmocka_unit_test(test_nothing_is_done_while_nothing_may_be_done),
		cmocka_unit_test(test_the_operators_word_counts_until_it_is_obeyed_or_over),
		cmocka_unit_test(test_only_who_insists_is_moved_to_a_node_that_has_failed),
		cmocka_unit_test(test_without_probe_aliases_a_proxy_does_not_see_the_other_node),
		cmocka_unit_test(test_a_target_that_has_failed_is_the_last_resort),
		cmocka_unit_test(test_a_node_that_came_back_is_fenced),
		cmocka_unit_test(test_a_node_that_did_not_restart_is_not_fenced_off_who_can_use_it),
		cmocka_unit_test(test_a_proxy_goes_home_when_nothing_is_open),
		cmocka_unit_test(test_file_and_route_that_differ),
		cmocka_unit_test(test_a_file_that_differs_is_left_to_who_has_written_it),
		cmocka_unit_test(test_login_retry_is_low_while_anything_is_in_doubt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
