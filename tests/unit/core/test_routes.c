/* SPDX-License-Identifier: PostgreSQL */
/* The route rules, asked about every combination of facts. What must hold is stated here in
 * words of its own, not as a copy of the table. */
#include "combinations.h"

#include "bdrmon/routes.h"

static const struct route_facts value_counts = { 2, 2, 2, 2, 2, 2, 2, 2, 3, 3 };
#define FACT_COUNT   (sizeof(struct route_facts) / sizeof(unsigned))
#define COMBINATIONS (256 * 9)

static bool changes_the_route(enum move move)
{
	return move == MOVE_AWAY || move == MOVE_FENCE || move == MOVE_SWITCH;
}

/* The two exceptions: it went down for real, or it is asked for and both can be used. */
static bool a_proxy_is_never_moved_off_a_node_that_it_can_use(const struct route_facts *f,
							      const struct route_rule *rule)
{
	bool exception = rule->then == MOVE_FENCE || rule->then == MOVE_SWITCH;
	return !changes_the_route(rule->then) || f->x != X_UP || exception;
}

static bool a_proxy_is_only_moved_to_a_node_that_it_sees_up(const struct route_facts *f,
							    const struct route_rule *rule)
{
	return !changes_the_route(rule->then) || f->y != Y_NOT;
}

static bool what_is_not_known_moves_nothing(const struct route_facts *f,
					    const struct route_rule *rule)
{
	bool unsure = f->x == X_UNSURE && f->fenced == NO;
	bool nothing = f->known == NO || (f->ordered == NO && (f->on == NO || unsure));
	return !nothing || rule->then == MOVE_NONE;
}

static bool a_proxy_that_can_be_helped_is(const struct route_facts *f,
					  const struct route_rule *rule)
{
	bool must = f->known == YES && f->on == YES && f->x == X_DOWN && f->y != Y_NOT &&
		    f->together == NO && f->loading == NO;
	return !must || changes_the_route(rule->then);
}

/* Two who load it would both tell of it, and who writes meanwhile would undo it. */
static bool what_somebody_is_about_to_load_is_his(const struct route_facts *f,
						  const struct route_rule *rule)
{
	return f->loading == NO || rule->then == MOVE_NONE;
}

static bool only_what_can_be_reached(const struct route_facts *f)
{
	return f->known == YES && f->y != Y_NOT && f->loading == NO;
}

/* Even in a pause, which holds only what bdrmon does by itself. */
static bool the_operators_word_comes_first(const struct route_facts *f,
					   const struct route_rule *rule)
{
	bool must = only_what_can_be_reached(f) && f->ordered == YES;
	return !must || rule->then == MOVE_SWITCH;
}

static bool then_comes_a_fence(const struct route_facts *f, const struct route_rule *rule)
{
	bool must =
		only_what_can_be_reached(f) && f->on == YES && f->fenced == YES && f->ordered == NO;
	return (rule->then == MOVE_FENCE) == must;
}

static bool kept_together_only_a_failover_moves(const struct route_facts *f,
						const struct route_rule *rule)
{
	bool own_wish = rule->then == MOVE_AWAY && f->differs == NO;
	return f->together == NO || !own_wish;
}

static bool file_and_route_are_mended_by_looking_first(const struct route_facts *f,
						       const struct route_rule *rule)
{
	if (rule->then == MOVE_WRITE_BACK)
		return f->differs == YES && f->x == X_UP;
	if (strcmp(rule->name, "reload") == 0)
		return f->differs == YES && f->x == X_DOWN;
	return true;
}

static bool nothing_goes_home_but_to_a_node_in_full_health(const struct route_facts *f,
							   const struct route_rule *rule)
{
	bool both_can_be_used = f->x == X_UP && f->y == Y_UP;
	bool home = f->home == YES && both_can_be_used && f->differs == NO;
	return rule->then != MOVE_SWITCH || f->ordered == YES || home;
}

static void test_every_combination(void **state)
{
	static bool (*const checks[])(const struct route_facts *, const struct route_rule *) = {
		a_proxy_is_never_moved_off_a_node_that_it_can_use,
		a_proxy_is_only_moved_to_a_node_that_it_sees_up,
		what_is_not_known_moves_nothing,
		a_proxy_that_can_be_helped_is,
		what_somebody_is_about_to_load_is_his,
		the_operators_word_comes_first,
		then_comes_a_fence,
		kept_together_only_a_failover_moves,
		file_and_route_are_mended_by_looking_first,
		nothing_goes_home_but_to_a_node_in_full_health,
	};
	unsigned count, asked = 0;
	const struct route_rule *rules = routes_table(&count);
	unsigned long long fired = 0;
	struct route_facts f;
	(void)state;
	first_combination((unsigned *)&f, FACT_COUNT);
	do {
		const struct route_rule *rule = routes_match(&f);
		for (unsigned i = 0; i < ARRAY_LEN(checks); i++) {
			if (!checks[i](&f, rule))
				fail_msg("statement %u does not hold for rule %s", i, rule->name);
		}
		fired |= 1ULL << (rule - rules);
		asked++;
	} while (next_combination((unsigned *)&f, (const unsigned *)&value_counts, FACT_COUNT));
	assert_int_equal(asked, COMBINATIONS);
	assert_int_equal(fired, (1ULL << count) - 1); /* each rule holds for some facts */
}

static void test_rules_have_names_and_reasons_of_their_own(void **state)
{
	unsigned count;
	const struct route_rule *rules = routes_table(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		assert_true(strlen(rules[i].name) > 0 && strlen(rules[i].why) > 0);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(rules[i].name, rules[j].name);
	}
}

/* A proxy that is on X as long as nothing else is said, and sees this of X and Y. */
#define ON_X(x_, y_)                                                                               \
	.known = YES, .loading = NO, .ordered = NO, .on = YES, .fenced = NO, .differs = NO,        \
	.home = NO, .together = NO, .x = (x_), .y = (y_)

static void test_a_case_for_each_rule_by_name(void **state)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
	static const struct {
		struct route_facts facts;
		const char *rule;
	} cases[] = {
		{ { ON_X(X_DOWN, Y_UP), .known = NO }, "unread" },
		{ { ON_X(X_DOWN, Y_UP), .known = NO, .on = NO }, "unread" },
		{ { ON_X(X_UP, Y_UP), .ordered = YES, .known = NO }, "unread" },
		{ { ON_X(X_UP, Y_UP), .ordered = YES, .on = NO, .fenced = YES }, "ordered" },
		{ { ON_X(X_UNSURE, Y_UNFIT), .ordered = YES, .together = YES }, "ordered" },
		{ { ON_X(X_UP, Y_NOT), .ordered = YES }, "in_use" },
		{ { ON_X(X_DOWN, Y_UP), .differs = YES, .loading = YES }, "loading" },
		{ { ON_X(X_UP, Y_UP), .differs = YES, .loading = YES, .ordered = YES }, "loading" },
		{ { ON_X(X_DOWN, Y_UP), .on = NO }, "off" },
		{ { ON_X(X_UP, Y_UP), .fenced = YES }, "fenced" },
		{ { ON_X(X_UNSURE, Y_UNFIT), .fenced = YES, .together = YES }, "fenced" },
		{ { ON_X(X_UP, Y_UP), .differs = YES, .home = YES }, "write_back" },
		{ { ON_X(X_UP, Y_UP), .home = YES }, "home" },
		{ { ON_X(X_UP, Y_UNFIT), .home = YES }, "in_use" },
		{ { ON_X(X_UP, Y_UP) }, "in_use" },
		{ { ON_X(X_DOWN, Y_UNFIT), .differs = YES }, "reload" },
		{ { ON_X(X_DOWN, Y_UP), .differs = YES, .together = YES }, "reload" },
		{ { ON_X(X_DOWN, Y_UP), .together = YES }, "together" },
		{ { ON_X(X_DOWN, Y_UP) }, "repair" },
		{ { ON_X(X_DOWN, Y_UNFIT) }, "last_resort" },
		{ { ON_X(X_DOWN, Y_NOT) }, "stuck" },
		{ { ON_X(X_DOWN, Y_NOT), .differs = YES }, "stuck" },
		{ { ON_X(X_UNSURE, Y_UP) }, "waiting" },
		{ { ON_X(X_UNSURE, Y_UP), .differs = YES }, "waiting" },
	};
#pragma GCC diagnostic pop
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(routes_match(&cases[i].facts)->name, cases[i].rule);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_combination),
		cmocka_unit_test(test_rules_have_names_and_reasons_of_their_own),
		cmocka_unit_test(test_a_case_for_each_rule_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
