/* SPDX-License-Identifier: PostgreSQL */
/* Who watches besides me, and what fails together. */
#include "../../../src/runtime/places.h"

#include "bdrmon/lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct places two_monitors(void)
{
	struct places_known known = {
		.monitor = "a", .domain = "", .node = { "a", "b" }, .heard = true
	};
	struct places places;

	places_make(&known, &places);
	return places;
}

static void a_monitor_is_in_the_domain_of_its_nodes_host(void **state)
{
	struct places places = two_monitors();
	(void)state;
	assert_int_equal(places.layout.me, places.layout.node[0]);
	assert_int_equal(places.layout.peers, 1);
	assert_string_equal(places.peer[0], "b");
	assert_int_equal(places.layout.peer[0], places.layout.node[1]);
	assert_string_equal(places.domain[places.layout.node[1]], "b");
}

/* It may not have been installed: then there is none to wait for. */
static void a_monitor_that_nobody_named_counts_when_it_was_heard(void **state)
{
	struct places_known known = { .monitor = "a", .domain = "", .node = { "a", "b" } };
	struct places places;
	(void)state;
	places_make(&known, &places);
	assert_int_equal(places.peers, 1); /* it is listened to */
	assert_int_equal(places.layout.peers, 0);
	known.monitors = 2;
	known.named = (const char[][NAME_TEXT_MAX]) { "a", "b" };
	places_make(&known, &places);
	assert_int_equal(places.layout.peers, 1);
}

static void a_monitor_on_a_third_host_is_a_domain_of_its_own(void **state)
{
	struct places_known known = {
		.monitor = "c",
		.domain = "",
		.local_none = true,
		.node = { "a", "b" },
		.monitors = 3,
		.named = (const char[][NAME_TEXT_MAX]) { "a", "b", "c" },
	};
	struct places places;
	(void)state;
	places_make(&known, &places);
	assert_int_equal(places.layout.peers, 2);
	assert_int_not_equal(places.layout.me, places.layout.node[0]);
	assert_int_not_equal(places.layout.me, places.layout.node[1]);
	assert_int_equal(places.layout.peer[0], places.layout.node[0]);
	assert_int_equal(places.layout.peer[1], places.layout.node[1]);
	known.domain = "b"; /* it says that it is on that node's host */
	places_make(&known, &places);
	assert_int_equal(places.layout.me, places.layout.node[1]);
}

static void a_node_without_a_name_has_a_domain_and_no_monitor(void **state)
{
	struct places_known known = {
		.monitor = "a", .domain = "", .node = { "a", "" }, .heard = true
	};
	struct places places;
	(void)state;
	places_make(&known, &places);
	assert_int_equal(places.peers, 0);
	assert_int_not_equal(places.layout.node[0], places.layout.node[1]);
}

static void an_arbiter_is_where_its_section_says_else_in_a_domain_of_its_name(void **state)
{
	static const struct {
		const char *name, *domain, *expected;
	} cases[] = {
		{ "third", "", "third" },
		{ "third", "b", "b" },
		{ "third", "rack", "rack" },
		{ "a", "", "a" }, /* as a monitor of that name */
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct places_known known = {
			.monitor = "a",
			.domain = "",
			.node = { "a", "b" },
			.arbiters = 1,
			.arbiter = { cases[i].name },
			.arbiter_domain = { cases[i].domain },
		};
		struct places places;
		places_make(&known, &places);
		assert_int_equal(places.layout.arbiters, 1);
		assert_string_equal(places.arbiter[0], cases[i].name);
		assert_string_equal(places.domain[places.layout.arbiter[0]], cases[i].expected);
	}
}

static void two_arbiters_in_one_domain_have_one_vote(void **state)
{
	struct places_known known = {
		.monitor = "a",
		.domain = "",
		.node = { "a", "b" },
		.arbiters = 3,
		.arbiter = { "x", "y", "z" },
		.arbiter_domain = { "rack", "rack", "" },
	};
	struct places places;
	(void)state;
	places_make(&known, &places);
	assert_int_equal(places.layout.arbiter[0], places.layout.arbiter[1]);
	assert_int_not_equal(places.layout.arbiter[0], places.layout.arbiter[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_monitor_is_in_the_domain_of_its_nodes_host),
		cmocka_unit_test(a_monitor_that_nobody_named_counts_when_it_was_heard),
		cmocka_unit_test(a_monitor_on_a_third_host_is_a_domain_of_its_own),
		cmocka_unit_test(a_node_without_a_name_has_a_domain_and_no_monitor),
		cmocka_unit_test(an_arbiter_is_where_its_section_says_else_in_a_domain_of_its_name),
		cmocka_unit_test(two_arbiters_in_one_domain_have_one_vote),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
