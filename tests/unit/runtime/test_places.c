/* SPDX-License-Identifier: PostgreSQL */
/* Who watches besides me, and what fails together. */
#include "../../../src/runtime/places.h"

#include "bdrmon/lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
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

/* Monitor "a" with the nodes "a" and "b" on the hosts db1 and 10.0.0.2, and these PROXIES. */
static struct places with_proxies(unsigned count, const struct proxy_known *proxies)
{
	struct places_known known = {
		.monitor = "a",
		.domain = "",
		.node = { "a", "b" },
		.node_host = { "db1", "10.0.0.2" },
		.heard = true,
		.proxies = count,
	};
	struct places places;

	memcpy(known.proxy, proxies, count * sizeof *proxies);
	places_make(&known, &places);
	return places;
}

static void a_proxy_is_where_its_section_says_else_on_its_host(void **state)
{
	static const struct {
		const char *domain, *host, *expected;
	} cases[] = {
		{ "", "bouncer1", "bouncer1" },
		{ "", "db1", "a" }, /* the host of that node */
		{ "", "10.0.0.2", "b" },
		{ "", "b", "b" }, /* called as the node, and so its domain */
		{ "rack", "db1", "rack" },
		{ "b", "db1", "b" },
		{ "b", "", "b" },
		/* on this monitor's host */
		{ "", "", "a" },
		{ "", "/run/postgresql", "a" },
		{ "", "@pgbouncer", "a" },
		{ "", "localhost", "a" },
		{ "", "127.0.0.1", "a" },
		{ "", "::1", "a" },
		{ "", "localhost2", "localhost2" },
		{ "", "::10", "::10" },
		{ "", "1270", "1270" },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct proxy_known proxy = { "p", cases[i].domain, cases[i].host, "" };
		struct places places = with_proxies(1, &proxy);
		assert_int_equal(places.layout.proxies, 1);
		assert_string_equal(places.proxy[0], "p");
		assert_string_equal(places.domain[places.layout.proxy[0].domain],
				    cases[i].expected);
		assert_false(places.layout.proxy[0].one_eyed);
	}
}

/* A host's name may be longer than a domain's. */
static void two_proxies_on_one_host_have_one_vote(void **state)
{
	static const char far[] = "a-name-that-is-longer-than-any-other-name-that-there-is-room-"
				  "for.example.org";
	static const struct proxy_known proxies[] = {
		{ "p", "", "bouncer1", "" }, { "q", "", "bouncer1", "" },
		{ "r", "", "bouncer2", "" }, { "s", "bouncer1", "elsewhere", "" },
		{ "t", "", far, "" },        { "u", "", far, "" },
	};
	(void)state;
	struct places places = with_proxies(ARRAY_LEN(proxies), proxies);
	const struct proxy_place *place = places.layout.proxy;
	assert_true(strlen(far) >= NAME_TEXT_MAX);
	assert_int_equal(place[0].domain, place[1].domain);
	assert_int_not_equal(place[0].domain, place[2].domain);
	assert_int_equal(place[0].domain, place[3].domain);
	assert_int_equal(place[4].domain, place[5].domain);
	assert_int_not_equal(place[4].domain, place[0].domain);
}

/* On one machine, as in a test: else each monitor would count it for its own node. */
static void a_proxy_on_the_host_of_both_nodes_is_in_a_domain_of_its_own(void **state)
{
	(void)state;
	for (unsigned swapped = 0; swapped < 2; swapped++) {
		struct places_known known = {
			.monitor = swapped ? "b" : "a",
			.domain = "",
			.node = { swapped ? "b" : "a", swapped ? "a" : "b" },
			.node_host = { "127.0.0.1", "127.0.0.1" },
			.proxies = 1,
			.proxy = { { "p", "", "127.0.0.1", "" } },
		};
		struct places places;
		places_make(&known, &places);
		assert_string_equal(places.domain[places.layout.proxy[0].domain], "127.0.0.1");
	}
}

/* Two hosts of which nothing is known are not the same one. */
static void nodes_without_a_host_are_on_that_of_no_proxy(void **state)
{
	struct places_known known = {
		.monitor = "c",
		.domain = "",
		.local_none = true,
		.node = { "a", "b" },
		.node_host = { "", "b" },
		.proxies = 1,
		.proxy = { { "p", "", "", "" } },
	};
	struct places places;
	(void)state;
	places_make(&known, &places);
	assert_int_equal(places.layout.proxy[0].domain, places.layout.me);
}

static void the_home_of_a_proxy_is_a_node_or_none(void **state)
{
	static const struct proxy_known proxies[] = {
		{ "p", "", "bouncer1", "a" },
		{ "q", "", "bouncer2", "b" },
		{ "r", "", "bouncer3", "" },
		{ "s", "", "bouncer4", "c" },
	};
	static const unsigned expected[] = { 0, 1, NO_HOME, NO_HOME };
	(void)state;
	struct places places = with_proxies(ARRAY_LEN(proxies), proxies);
	for (unsigned i = 0; i < ARRAY_LEN(proxies); i++)
		assert_int_equal(places.layout.proxy[i].home, expected[i]);
}

static void a_node_without_a_name_is_no_proxys_home(void **state)
{
	struct places_known known = {
		.monitor = "a",
		.domain = "",
		.node = { "a", "" },
		.node_host = { "db1", "db2" },
		.proxies = 1,
		.proxy = { { "p", "", "db2", "" } },
	};
	struct places places;
	(void)state;
	places_make(&known, &places);
	assert_int_equal(places.layout.proxy[0].home, NO_HOME);
	assert_int_equal(places.layout.proxy[0].domain, places.layout.node[1]);
}

static void there_is_room_for_the_domains_of_all(void **state)
{
	static char names[PROXIES_MAX][NAME_TEXT_MAX];
	struct places_known known = {
		.monitor = "c",
		.domain = "d",
		.local_none = true,
		.node = { "a", "b" },
		.node_host = { "db1", "db2" },
		.monitors = MONITORS_MAX,
		.named = (const char[][NAME_TEXT_MAX]) { "c", "e", "f", "g", "h" },
		.arbiters = ARBITERS_MAX,
		.arbiter = { "x", "y", "z" },
		.arbiter_domain = { "", "", "" },
		.proxies = PROXIES_MAX,
	};
	struct places places;
	(void)state;
	for (unsigned i = 0; i < PROXIES_MAX; i++) {
		snprintf(names[i], sizeof names[i], "p%u", i);
		known.proxy[i] = (struct proxy_known) { names[i], "", names[i], "" };
	}
	places_make(&known, &places);
	assert_int_equal(places.layout.proxies, PROXIES_MAX);
	assert_int_equal(places.layout.arbiter[ARBITERS_MAX - 1], DOMAINS_MAX - 1);
	assert_string_equal(places.proxy[PROXIES_MAX - 1], "p15");
}

/* By zero, as who knows nothing of proxies leaves it. */
static void without_proxies_there_is_none_in_the_layout(void **state)
{
	struct places places = two_monitors();
	(void)state;
	assert_int_equal(places.layout.proxies, 0);
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
		cmocka_unit_test(a_proxy_is_where_its_section_says_else_on_its_host),
		cmocka_unit_test(two_proxies_on_one_host_have_one_vote),
		cmocka_unit_test(a_proxy_on_the_host_of_both_nodes_is_in_a_domain_of_its_own),
		cmocka_unit_test(nodes_without_a_host_are_on_that_of_no_proxy),
		cmocka_unit_test(the_home_of_a_proxy_is_a_node_or_none),
		cmocka_unit_test(a_node_without_a_name_is_no_proxys_home),
		cmocka_unit_test(there_is_room_for_the_domains_of_all),
		cmocka_unit_test(without_proxies_there_is_none_in_the_layout),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
