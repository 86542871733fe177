/* SPDX-License-Identifier: PostgreSQL */
/* What a monitor tells by the name of its sessions is what the others read, and never later
 * than it was. */
#include "bdrmon/lookup.h"
#include "bdrmon/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)

static const int ids[NODES] = { 1, 2 };

/* The writer has been up for 100 s when the server said that it is this time; the reader's
 * clock shows something else altogether. */
static const struct server_clock writers_clock = { { 100 * SECOND }, INT64_C(1764122400000) };

static struct relay round_trip(const char *monitor, const struct sight sight[NODES])
{
	char text[RELAY_TEXT_MAX];
	struct relay relay;

	relay_write(text, monitor, 0x1a2b3c4d, ids, sight, &writers_clock);
	assert_true(relay_read(text, &relay));
	assert_true(relay_is_from(&relay, monitor));
	assert_int_equal(relay.settings, 0x1a2b3c4d);
	return relay;
}

static void each_health_arrives(void **state)
{
	(void)state;
	for (unsigned h = HEALTH_UP; h < HEALTHS; h++) {
		struct sight told[NODES] = { { (enum health)h, { 99 * SECOND }, NEVER },
					     { HEALTH_UP, { 98 * SECOND }, NEVER } };
		struct relay relay = round_trip("node1", told);
		struct sight read =
			relay_sight(&relay, 1, (struct instant) { 7 * SECOND },
				    (struct instant) { 7 * SECOND }, writers_clock.said_ms);
		assert_int_equal(read.health, h);
		assert_false(instant_is_set(read.used));
	}
}

static void what_is_not_known_is_left_out(void **state)
{
	struct sight none[NODES] = { { HEALTH_UNKNOWN, { 99 * SECOND }, NEVER },
				     { HEALTH_UP, NEVER, NEVER } };
	struct server_clock silent = { NEVER, 0 };
	struct sight up[NODES] = { { HEALTH_UP, { 99 * SECOND }, NEVER } };
	char text[RELAY_TEXT_MAX];

	(void)state;
	assert_int_equal(round_trip("node1", none).count, 0);
	relay_write(text, "node1", 0, ids, up, &silent);
	assert_string_equal(text, "bdrmon/1 m=node1 c=00000000");
}

/* However late an answer is, and whatever the clocks show: the sight is as old as its
 * question or older, and by two milliseconds at most when nothing was late. */
static void a_moment_is_never_too_late(void **state)
{
	const int64_t ages_us[] = { 0, 1, 999, 1000, 1001, 20000, 1999999, 30 * SECOND };
	const int64_t late_ms[] = { 0, 1, 500, 10000 };

	(void)state;
	for (unsigned a = 0; a < ARRAY_LEN(ages_us); a++) {
		struct sight told[NODES] = {
			{ HEALTH_DOWN, { 100 * SECOND - ages_us[a] }, NEVER },
		};
		struct relay relay = round_trip("node1", told);
		for (unsigned l = 0; l < ARRAY_LEN(late_ms); l++) {
			/* asked at 7 s of my clock, when the server's showed as it did to the
			 * writer; it stamped its answer late */
			struct instant asked = { 7 * SECOND };
			struct sight read = relay_sight(&relay, 1, asked, asked,
							writers_clock.said_ms + late_ms[l]);
			int64_t age_us = us_between(read.asked, asked);
			assert_true(age_us >= ages_us[a]);
			assert_true(age_us <= ages_us[a] + late_ms[l] * 1000 + 2000);
		}
	}
}

static void a_use_through_a_proxy_is_told_in_place_of_the_rest(void **state)
{
	struct sight told[NODES] = { { HEALTH_DOWN, { 98 * SECOND }, { 99 * SECOND } } };
	struct relay relay = round_trip("node1", told);
	struct sight read = relay_sight(&relay, 1, (struct instant) { 7 * SECOND },
					(struct instant) { 7 * SECOND }, writers_clock.said_ms);

	(void)state;
	assert_int_equal(read.health, HEALTH_UNKNOWN);
	assert_false(instant_is_set(read.asked));
	assert_int_equal(read.used.us, 6 * SECOND - 1000);
}

static void a_clock_that_was_set_back_tells_nothing_new(void **state)
{
	struct sight told[NODES] = { { HEALTH_UP, { 99 * SECOND }, NEVER } };
	struct relay relay = round_trip("node1", told);
	struct instant asked = { 500 * SECOND }, seen = { 8 * SECOND };
	int64_t told_ms = writers_clock.said_ms - 1001;

	(void)state;
	/* In the future: nothing. */
	assert_false(instant_is_set(relay_sight(&relay, 1, asked, asked, told_ms - 1).asked));
	/* As young as at first it cannot be, when it was seen long ago. */
	assert_int_equal(relay_sight(&relay, 1, asked, seen, told_ms).asked.us, seen.us);
	assert_false(instant_is_set(relay_sight(&relay, 3, asked, seen, told_ms).asked));
}

/* PostgreSQL would cut it. */
static void any_name_fits(void **state)
{
	struct sight told[NODES] = { { HEALTH_UP, { 99 * SECOND }, NEVER },
				     { HEALTH_DOWN, { 98 * SECOND }, NEVER } };
	char name[NAME_TEXT_MAX];

	(void)state;
	for (size_t length = 1; length < sizeof name; length++) {
		memset(name, 'x', length);
		name[length] = '\0';
		struct relay relay = round_trip(name, told);
		assert_int_equal(relay.count, NODES);
		assert_false(relay_is_from(&relay, "y"));
	}
	assert_int_equal(round_trip("a name", told).count, NODES);
	assert_int_equal(round_trip("~00000000", told).count, NODES);
}

static void what_is_no_such_text_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"psql",
		"bdrmon",
		"bdrmon claim",
		"bdrmon/2 m=node1 c=00000000",
		"bdrmon/1 m=node1",
		"bdrmon/1 m= c=00000000",
		"bdrmon/1 m=node1 c=00000000 1=",
		"bdrmon/1 m=node1 c=00000000 1=u",
		"bdrmon/1 m=node1 c=00000000 1=x0",
		"bdrmon/1 m=node1 c=00000000 1=u-1",
		"bdrmon/1 m=node1 c=00000000 1=u1!",
		"bdrmon/1 m=node1 c=00000000 x=u1",
		"bdrmon/1 m=node1 c=00000000 1=u1 2=u1 3=u1",
	};
	struct relay relay;

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		if (relay_read(texts[i], &relay))
			fail_msg("taken: %s", texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_health_arrives),
		cmocka_unit_test(what_is_not_known_is_left_out),
		cmocka_unit_test(a_moment_is_never_too_late),
		cmocka_unit_test(a_use_through_a_proxy_is_told_in_place_of_the_rest),
		cmocka_unit_test(a_clock_that_was_set_back_tells_nothing_new),
		cmocka_unit_test(any_name_fits),
		cmocka_unit_test(what_is_no_such_text_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
