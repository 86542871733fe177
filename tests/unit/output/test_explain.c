/* SPDX-License-Identifier: PostgreSQL */
/* A decision explained: a partition that a peer vetoes and a proxy that is moved, for
 * people and as JSON. */
#include "bdrmon/explain.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static const struct explain_names names = {
	.me = "m1",
	.node = { "n1", "n2" },
	.peer = { "m2" },
	.proxy = { "p\"1" },
	.arbiter = { "w1" },
	.domain = { "host1", "host2", "host3", "host4" },
};

static struct instant second(int64_t s)
{
	return (struct instant) { s * 1000000 };
}

static void see(struct observation *o, enum health health)
{
	o->history.health = health;
	o->history.doubt_since = second(90);
	o->last.asked = second(99);
	o->last.outcome = health == HEALTH_UP ? OUTCOME_OK : OUTCOME_TIMEOUT;
}

/* I see n2 down, which my peer on its host sees up; an arbiter that was never heard; and a
 * proxy on n2 that can use n1 only. */
static void decide_all(struct decision *decision, bool paused)
{
	struct decide_policy policy = {
		.layout = { .me = 0,
			    .node = { 0, 1 },
			    .peers = 1,
			    .proxies = 1,
			    .arbiters = 1,
			    .peer = { 1 },
			    .proxy = { { .domain = 2, .home = NO_HOME } },
			    .arbiter = { 3 } },
		.claims = true,
		.stale_ms = 20000,
		.lease_ms = 3000,
	};
	struct memory memory = { .node = { { .seen_up = true }, { .seen_up = true } } };
	struct view view = { .made = second(100) };

	see(&view.node[0], HEALTH_UP);
	see(&view.node[1], HEALTH_DOWN);
	view.word.paused_until = paused ? FOR_EVER : NEVER;
	view.peer[0].sight[1] = (struct sight) { .health = HEALTH_UP, .asked = second(98) };
	view.proxy[0] = (struct proxy_view) {
		.looked = second(99),
		.asked = second(99),
		.route = 1,
		.file = { .epoch = 1, .node = 1 },
		.sight = { { .health = HEALTH_UP, .asked = second(99) },
			   { .health = HEALTH_DOWN, .asked = second(99) } },
	};
	decide(&memory, &view, &policy, decision);
}

static void test_for_people(void **state)
{
	char memory[8192];
	struct strbuf out = STRBUF(memory);
	struct decision decision;
	(void)state;
	decide_all(&decision, false);
	explain_text(&decision, &names, &out);
	assert_false(out.cut);
	const char *second_node = strstr(memory, "Node \"n2\"");
	assert_non_null(second_node);
	assert_string_equal(
		second_node,
		"Node \"n2\": rule \"vetoed\": it is down as seen from here, and somebody else "
		"sees "
		"it up\n"
		" Stage \"idle\": there is nothing to be done\n"
		" Vantage      | Domain | Sees | Age     | Says\n"
		"--------------+--------+------+---------+----------\n"
		" peer \"m2\"    | host2  | up   | 2000 ms | vetoes\n"
		" proxy \"p\"1\"  | host3  | down | 1000 ms | consents\n"
		" arbiter \"w1\" | host4  | -    |         | is silent\n"
		" monitor \"m1\" | host1  | down | 1000 ms | consents\n"
		" host \"n2\"    | host2  | -    | 1000 ms | is silent\n"
		" Failure domains: vetoes: \"host2\"; consents: \"host1\", \"host3\"; is silent: "
		"\"host4\"\n"
		" Facts: awake yes, paused no, rival no, crowded no, both_seen yes, failed no, "
		"subject down, "
		"level yes, overdue no, other up, others see up, awaited no, vetoed yes, forced "
		"no, mandate "
		"none, ours yes, flapping no\n"
		" Facts of the stage: verdict hold, claim free, known yes, record none, run none, "
		"fresh no, again yes, active yes\n"
		"Proxy \"p\"1\" on node \"n2\": rule \"repair\": it cannot use its node, and can "
		"use "
		"the other one\n"
		" Sees: node \"n1\" up, 1000 ms ago; node \"n2\" down, 1000 ms ago\n"
		" Facts: known yes, loading no, ordered no, on yes, fenced no, differs no, home "
		"no, together no, x down, y up\n");
}

static void test_under_a_pause_it_says_what_would_be_done(void **state)
{
	char memory[8192];
	struct strbuf out = STRBUF(memory);
	struct decision decision;
	(void)state;
	decide_all(&decision, true);
	explain_text(&decision, &names, &out);
	assert_non_null(strstr(memory, "Node \"n2\": rule \"paused\": this monitor is paused\n"
				       " Without the pause: rule \"vetoed\": it is down as seen "
				       "from here"));
	decision.proxy[0].route = NODES;
	out = STRBUF(memory);
	explain_text(&decision, &names, &out);
	assert_non_null(strstr(memory, "Proxy \"p\"1\": rule \"off\""));
}

static void test_as_json(void **state)
{
	char memory[8192];
	struct strbuf out = STRBUF(memory);
	struct decision decision;
	(void)state;
	decide_all(&decision, false);
	explain_json(&decision, &names, &out);
	assert_false(out.cut);
	assert_int_equal(strncmp(memory, "{\"nodes\": [{\"name\": \"n1\", \"rule\": \"well\"", 40),
			 0);
	const char *second_node = strstr(memory, "{\"name\": \"n2\"");
	assert_non_null(second_node);
	assert_string_equal(
		second_node,
		"{\"name\": \"n2\", \"rule\": \"vetoed\", \"why\": \"it is down as seen from here, "
		"and somebody else sees it up\", \"verdict\": \"hold\", \"rule_without_pause\": "
		"\"vetoed\", \"stage\": \"idle\", "
		"\"facts\": {\"awake\": \"yes\", \"paused\": \"no\", \"rival\": \"no\", "
		"\"crowded\": \"no\", "
		"\"both_seen\": \"yes\", \"failed\": \"no\", \"subject\": \"down\", \"level\": "
		"\"yes\", \"overdue\": \"no\", \"other\": \"up\", \"others\": \"see up\", "
		"\"awaited\": \"no\", "
		"\"vetoed\": \"yes\", \"forced\": \"no\", \"mandate\": \"none\", \"ours\": "
		"\"yes\", \"flapping\": \"no\"}, "
		"\"stage_facts\": {\"verdict\": \"hold\", \"claim\": \"free\", \"known\": \"yes\", "
		"\"record\": \"none\", \"run\": \"none\", \"fresh\": \"no\", \"again\": \"yes\", "
		"\"active\": \"yes\"}, "
		"\"vantages\": [{\"vantage\": \"peer\", \"name\": \"m2\", \"domain\": \"host2\", "
		"\"says\": \"vetoes\", \"sees\": \"up\", \"age_ms\": 2000}, "
		"{\"vantage\": \"proxy\", \"name\": \"p\\\"1\", \"domain\": \"host3\", \"says\": "
		"\"consents\", \"sees\": \"down\", \"age_ms\": 1000}, "
		"{\"vantage\": \"arbiter\", \"name\": \"w1\", \"domain\": \"host4\", \"says\": "
		"\"is silent\", \"sees\": null, \"age_ms\": null}, "
		"{\"vantage\": \"monitor\", \"name\": \"m1\", \"domain\": \"host1\", \"says\": "
		"\"consents\", \"sees\": \"down\", \"age_ms\": 1000}, "
		"{\"vantage\": \"host\", \"name\": \"n2\", \"domain\": \"host2\", \"says\": \"is "
		"silent\", \"sees\": null, \"age_ms\": 1000}], "
		"\"domains\": {\"host1\": \"consents\", \"host2\": \"vetoes\", \"host3\": "
		"\"consents\", \"host4\": \"is silent\"}}], "
		"\"proxies\": [{\"name\": \"p\\\"1\", \"route\": \"n2\", \"rule\": \"repair\", "
		"\"why\": \"it cannot use its node, and can use the other one\", \"move\": "
		"\"away\", \"sees\": [{\"node\": \"n1\", \"health\": \"up\", \"age_ms\": 1000}, "
		"{\"node\": \"n2\", \"health\": \"down\", \"age_ms\": 1000}], \"facts\": "
		"{\"known\": \"yes\", \"loading\": \"no\", \"ordered\": \"no\", \"on\": \"yes\", "
		"\"fenced\": \"no\", "
		"\"differs\": \"no\", \"home\": \"no\", \"together\": \"no\", \"x\": \"down\", "
		"\"y\": \"up\"}}]}\n");
	decision.proxy[0].route = NODES;
	out = STRBUF(memory);
	explain_json(&decision, &names, &out);
	assert_non_null(strstr(memory, "\"route\": null"));
}

static void test_a_proxy_without_probe_aliases_is_told_with_what_it_sees(void **state)
{
	char memory[8192];
	struct strbuf out = STRBUF(memory);
	struct decision decision;
	(void)state;
	decide_all(&decision, false);
	struct votes *votes = &decision.node[0].votes;
	for (unsigned i = 0; i < votes->count; i++) {
		if (votes->testimony[i].vantage == VANTAGE_PROXY)
			votes->testimony[i] = votes->testimony[--votes->count];
	}
	explain_text(&decision, &names, &out);
	assert_non_null(strstr(memory, "\n Sees: node \"n2\" down, 1000 ms ago\n"));
	out = STRBUF(memory);
	explain_json(&decision, &names, &out);
	assert_non_null(strstr(memory, "\"sees\": [{\"node\": \"n2\", \"health\": \"down\", "
				       "\"age_ms\": 1000}]"));
}

/* A decision with everything in it that there can be. */
static void test_the_largest_one_has_room(void **state)
{
	static char memory[EXPLAIN_TEXT_MAX];
	static const char name[] =
		"a-name-of-sixty-three-bytes-as-long-as-postgresql-lets-it-be-12";
	struct strbuf out = STRBUF(memory);
	struct explain_names all = { .me = name, .node = { name, name } };
	struct decision decision;
	(void)state;
	for (unsigned i = 0; i < DOMAINS_MAX; i++)
		all.domain[i] = name;
	decide_all(&decision, true);
	for (unsigned n = 0; n < NODES; n++) {
		struct votes *votes = &decision.node[n].votes;
		votes->count = TESTIMONIES_MAX;
		for (unsigned i = 0; i < TESTIMONIES_MAX; i++)
			votes->testimony[i] = (struct testimony) { .vantage = VANTAGE_PROXY,
								   .index = i % PROXIES_MAX,
								   .evidence = { 1 } };
		votes->says[VOICE_SILENT] = domain_bit(DOMAINS_MAX) - 1;
	}
	decision.proxies = PROXIES_MAX;
	for (unsigned i = 0; i < PROXIES_MAX; i++) {
		decision.proxy[i] = decision.proxy[0];
		all.proxy[i] = name;
	}
	explain_text(&decision, &all, &out);
	assert_false(out.cut);
	out = STRBUF(memory);
	explain_json(&decision, &all, &out);
	assert_false(out.cut);
}

static const struct {
	struct layout layout;
	bool act, claims, together;
	const char *text;
} outlooks[] = {
	/* interval 1 s, timeout 2 s, 6 attempts with 5 s between them, lease 3 s */
	{ { .me = 0, .node = { 0, 1 }, .peers = 1, .peer = { 1 } },
	  true,
	  true,
	  false,
	  "From the silence of a node to the command it takes 37.0 s at most, while all "
	  "others "
	  "answer.\nTwo failure domains only: the death of a whole host cannot be "
	  "confirmed, and is "
	  "acted on all the same. A monitor on a third host, or an arbiter, is one "
	  "more.\n" },
	{ { .me = 0, .node = { 0, 1 } },
	  false,
	  true,
	  false,
	  "From the silence of a node to the command it takes 37.0 s at most, while all "
	  "others "
	  "answer.\nOne failure domain only: the death of a whole host cannot be "
	  "confirmed, and is "
	  "left to the operator. A monitor on a third host, or an arbiter, is one "
	  "more.\n" },
	{ { .me = 0, .node = { 0, 1 }, .peers = 1, .peer = { 1 }, .arbiters = 1, .arbiter = { 2 } },
	  true,
	  false,
	  false,
	  "From the silence of a node to the command it takes 32.0 s at most, while all "
	  "others "
	  "answer.\nThere is no claim: each monitor acts by itself. \"bdrmon register\" "
	  "creates what "
	  "it needs.\n" },
	/* 1 + 3 + 3 + 5 * 5 + 3 + 0.5 + 1 s */
	{ { .me = 0, .node = { 0, 1 }, .proxies = 1, .proxy = { { .domain = 2 } } },
	  true,
	  true,
	  false,
	  "From the silence of a node to the command it takes 37.0 s at most, while all "
	  "others answer.\nA proxy that cannot use its node, and can use the other one, is "
	  "moved within 36.5 s.\nTwo failure domains only: the death of a whole host "
	  "cannot "
	  "be confirmed, and is acted on all the same. A monitor on a third host, or an "
	  "arbiter, is one more.\n" },
	{ { .me = 0, .node = { 0, 1 }, .proxies = 1, .proxy = { { .domain = 2 } } },
	  true,
	  true,
	  true,
	  "From the silence of a node to the command it takes 37.0 s at most, while all "
	  "others answer.\nWith keep_together a proxy that alone cannot use its node stays "
	  "there.\nTwo failure domains only: the death of a whole host cannot be "
	  "confirmed, "
	  "and is acted on all the same. A monitor on a third host, or an arbiter, is one "
	  "more.\n" },
};

static void test_the_outlook_says_what_the_site_lacks(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof outlooks / sizeof outlooks[0]; i++) {
		char text[1024];
		struct strbuf out = STRBUF(text);
		struct decide_policy policy = {
			.layout = outlooks[i].layout,
			.health = { .attempts = 6, .attempt_interval_ms = 5000 },
			.act_without_majority = outlooks[i].act,
			.claims = outlooks[i].claims,
			.lease_ms = 3000,
			.keep_together = outlooks[i].together,
		};
		const struct explain_times times = { 1000, 2000, 3000, 500 };
		explain_outlook(&policy, &times, &out);
		assert_string_equal(text, outlooks[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_for_people),
		cmocka_unit_test(test_under_a_pause_it_says_what_would_be_done),
		cmocka_unit_test(test_as_json),
		cmocka_unit_test(test_a_proxy_without_probe_aliases_is_told_with_what_it_sees),
		cmocka_unit_test(test_the_largest_one_has_room),
		cmocka_unit_test(test_the_outlook_says_what_the_site_lacks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
