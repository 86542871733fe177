/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/config/nearest.h"
#include "../../../src/config/notify.h"
#include "../../../src/config/quote.h"
#include "bdrmon/units.h"
#include "config_file.h"

#include "bdrmon/lookup.h"

static void durations_take_the_units_of_postgresql(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum unit_fault fault;
		int64_t ms;
	} cases[] = {
		{ "5", UNIT_FINE, 5000 },
		{ "0", UNIT_FINE, 0 },
		{ "0.5", UNIT_FINE, 500 },
		{ "250ms", UNIT_FINE, 250 },
		{ "250 ms", UNIT_FINE, 250 },
		{ "250\t ms", UNIT_FINE, 250 },
		{ "0.5s", UNIT_FINE, 500 },
		{ ".5s", UNIT_FINE, 500 },
		{ "1.5 min", UNIT_FINE, 90000 },
		{ "2h", UNIT_FINE, 7200000 },
		{ "1d", UNIT_FINE, 86400000 },
		{ "1500us", UNIT_FINE, 2 },
		{ "1499us", UNIT_FINE, 1 },
		{ "499us", UNIT_FINE, 0 },
		{ "0.0000001d", UNIT_FINE, 0 }, /* digits behind the sixth do not count */
		{ "-1", UNIT_FINE, -1000 },
		{ "007", UNIT_FINE, 7000 },
		{ "", UNIT_SYNTAX, 0 },
		{ "s", UNIT_SYNTAX, 0 },
		{ ".", UNIT_SYNTAX, 0 },
		{ "-", UNIT_SYNTAX, 0 },
		{ "5 sec", UNIT_SYNTAX, 0 },
		{ "5m", UNIT_SYNTAX, 0 },
		{ "5M", UNIT_SYNTAX, 0 },
		{ "5S", UNIT_SYNTAX, 0 },
		{ "5 MIN", UNIT_SYNTAX, 0 },
		{ "5 s x", UNIT_SYNTAX, 0 },
		{ "5s ", UNIT_SYNTAX, 0 },
		{ "5 5", UNIT_SYNTAX, 0 },
		{ "1e3", UNIT_SYNTAX, 0 },
		{ "0x10", UNIT_SYNTAX, 0 },
		{ "+5", UNIT_SYNTAX, 0 },
		{ "1,5", UNIT_SYNTAX, 0 },
		{ "inf", UNIT_SYNTAX, 0 },
		{ "5kB", UNIT_SYNTAX, 0 },
		{ "9223372036854775807", UNIT_TOO_LARGE, 0 },
		{ "99999999999999999999999999", UNIT_TOO_LARGE, 0 },
		{ "200000000 d", UNIT_TOO_LARGE, 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t ms = 0;
		enum unit_fault fault = unit_parse(UNITS_TIME, cases[i].text, &ms);
		if (fault != cases[i].fault || ms != cases[i].ms)
			fail_msg("\"%s\": fault %d, %lld ms", cases[i].text, (int)fault,
				 (long long)ms);
	}
}

static void sizes_take_the_units_of_postgresql(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum unit_fault fault;
		int64_t bytes;
	} cases[] = {
		{ "5", UNIT_FINE, 5 },
		{ "5B", UNIT_FINE, 5 },
		{ "64kB", UNIT_FINE, 65536 },
		{ "16 MB", UNIT_FINE, 16777216 },
		{ "0.5GB", UNIT_FINE, 536870912 },
		{ "1TB", UNIT_FINE, INT64_C(1) << 40 },
		{ "5KB", UNIT_SYNTAX, 0 },
		{ "5k", UNIT_SYNTAX, 0 },
		{ "5b", UNIT_SYNTAX, 0 },
		{ "5s", UNIT_SYNTAX, 0 },
		{ "16777216TB", UNIT_TOO_LARGE, 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t bytes = 0;
		assert_int_equal(unit_parse(UNITS_SIZE, cases[i].text, &bytes), cases[i].fault);
		assert_int_equal(bytes, cases[i].bytes);
	}
}

static void a_value_is_printed_with_the_largest_unit_that_fits(void **state)
{
	(void)state;
	static const struct {
		enum unit_kind kind;
		int64_t value;
		const char *text;
	} cases[] = {
		{ UNITS_TIME, 0, "0" },          { UNITS_TIME, 250, "250ms" },
		{ UNITS_TIME, 5000, "5s" },      { UNITS_TIME, 90000, "90s" },
		{ UNITS_TIME, 60000, "1min" },   { UNITS_TIME, 3600000, "1h" },
		{ UNITS_TIME, 86400000, "1d" },  { UNITS_TIME, -1000, "-1s" },
		{ UNITS_SIZE, 1000, "1000B" },   { UNITS_SIZE, 65536, "64kB" },
		{ UNITS_SIZE, 1 << 24, "16MB" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[32];
		struct strbuf out = STRBUF(text);
		unit_print(cases[i].kind, cases[i].value, &out);
		assert_string_equal(text, cases[i].text);
	}
}

static const char behind[] = "...";
/* `to' is NULL for a quote that is not closed, and `behind' for text behind one. */
static const struct {
	enum quote_reader reader;
	const char *from, *to;
} quoted[] = {
	/* the outer pair */
	{ QUOTES_OURS, "a", "a" },
	{ QUOTES_OURS, "", "" },
	{ QUOTES_OURS, "''", "" },
	{ QUOTES_OURS, "\"\"", "" },
	{ QUOTES_OURS, "'a b'", "a b" },
	{ QUOTES_OURS, "\"a b\"", "a b" },
	{ QUOTES_OURS, "' a '", " a " },
	{ QUOTES_OURS, "'it''s'", "it's" },
	{ QUOTES_OURS, "'a'''", "a'" },
	{ QUOTES_OURS, "''''", "'" },
	{ QUOTES_OURS, "\"it's\"", "it's" },
	{ QUOTES_OURS, "\"it''s\"", "it''s" },
	{ QUOTES_OURS, "'say \"hi\"'", "say \"hi\"" },
	{ QUOTES_OURS, "'a\\'", "a\\" },
	/* comments */
	{ QUOTES_OURS, "5 # slow", "5" },
	{ QUOTES_OURS, "5\t# slow", "5" },
	{ QUOTES_OURS, "5 #", "5" },
	{ QUOTES_OURS, "# nothing", "" },
	{ QUOTES_OURS, "a#b", "a#b" },
	{ QUOTES_OURS, "a ; b", "a ; b" },
	{ QUOTES_OURS, "'a # b'", "a # b" },
	{ QUOTES_OURS, "'a' # b", "a" },
	{ QUOTES_OURS, "'a'# b", "a" },
	{ QUOTES_OURS, "'a' # it's", "a" },
	{ QUOTES_OURS, "a # it's", "a" },
	/* faults */
	{ QUOTES_OURS, "'a", NULL },
	{ QUOTES_OURS, "\"a", NULL },
	{ QUOTES_OURS, "a'", NULL },
	{ QUOTES_OURS, "it's", NULL },
	{ QUOTES_OURS, "'it's'", behind },
	{ QUOTES_OURS, "'", NULL },
	{ QUOTES_OURS, "'''", NULL },
	{ QUOTES_OURS, "'a' b", behind },
	{ QUOTES_OURS, "'a'b", behind },
	{ QUOTES_OURS, "'a' 'b'", behind },
	{ QUOTES_OURS, "\"a\" b", behind },
	/* quotes in the middle stay */
	{ QUOTES_OURS, "a 'b c' d", "a 'b c' d" },
	{ QUOTES_OF_LIBPQ, "host=n1 password='a b'", "host=n1 password='a b'" },
	{ QUOTES_OF_LIBPQ, "host=n1 password='a # b' # c", "host=n1 password='a # b'" },
	{ QUOTES_OF_LIBPQ, "password='a\\'b # c'", "password='a\\'b # c'" },
	{ QUOTES_OF_LIBPQ, "'host=n1 password=''a b'''", "host=n1 password='a b'" },
	{ QUOTES_OF_LIBPQ, "\"host=n1 password='a b'\"", "host=n1 password='a b'" },
	{ QUOTES_OF_LIBPQ, "'host=n1 password='a b''", behind },
	{ QUOTES_OF_LIBPQ, "host=n1 password=it's", NULL },
	{ QUOTES_OF_LIBPQ, "host=n1 password=it\\'s", "host=n1 password=it\\'s" },
	/* commands */
	{ QUOTES_OF_SHELL, "'/x %n \"%c\" >> /l 2>&1'", "/x %n \"%c\" >> /l 2>&1" },
	{ QUOTES_OF_SHELL, "/x %n \"%c\" '%a'", "/x %n \"%c\" '%a'" },
	{ QUOTES_OF_SHELL, "/x \"# %c\" # it's", "/x \"# %c\"" },
	{ QUOTES_OF_SHELL, "/x it\\'s", "/x it\\'s" },
	{ QUOTES_OF_SHELL, "/x 'a\\' b", "/x 'a\\' b" },
	{ QUOTES_OF_SHELL, "/x \"a\\\" # b\"", "/x \"a\\\" # b\"" },
	{ QUOTES_OF_SHELL, "\"/a b/x\" %n \"%e\"", "\"/a b/x\" %n \"%e\"" },
	{ QUOTES_OF_SHELL, "\"/a b/x\" %n # c", "\"/a b/x\" %n" },
	{ QUOTES_OF_SHELL, "\"/x %n '%c'\"", "/x %n '%c'" },
	{ QUOTES_OF_SHELL, "'/x ''%c'' %n'", "/x '%c' %n" },
	{ QUOTES_OF_SHELL, "\"/x \\\"%c\\\"\"", behind },
	{ QUOTES_OF_SHELL, "'/x %n '%e''", behind },
	{ QUOTES_OF_SHELL, "'/a b/x' %n", behind },
	{ QUOTES_OF_SHELL, "/x \"%c", NULL },
	/* lists */
	{ QUOTES_OF_LIST, "'a,b'", "a,b" },
	{ QUOTES_OF_LIST, "'a','b' # c", "'a','b'" },
	{ QUOTES_OF_LIST, "'a','b", NULL },
};

static void quotes_and_comments_are_read_as_documented(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(quoted); i++) {
		char text[256];
		snprintf(text, sizeof text, "%s", quoted[i].from);
		enum quote_fault fault = quote_strip(text, quoted[i].reader);
		enum quote_fault want = quoted[i].to == NULL     ? QUOTE_NOT_CLOSED
					: quoted[i].to == behind ? QUOTE_TEXT_BEHIND
								 : QUOTE_FINE;
		if (fault != want)
			fail_msg("%s: fault %d", quoted[i].from, (int)fault);
		if (fault == QUOTE_FINE)
			assert_string_equal(text, quoted[i].to);
	}
}

static void events_are_read_from_bare_and_quoted_lists(void **state)
{
	(void)state;
	const event_set failover = event_bit(EVENT_BDR_FAILOVER);
	const event_set recovery = event_bit(EVENT_BDR_RECOVERY);
	const struct {
		const char *list;
		event_set set;
	} cases[] = {
		{ "bdr_failover", failover },
		{ "bdr_failover,bdr_recovery", failover | recovery },
		{ " bdr_failover ,\tbdr_recovery ", failover | recovery },
		{ "'bdr_failover', \"bdr_recovery\"", failover | recovery },
		{ "bdr_failover,,", failover },
		{ "bdr_failover,bdr_failover", failover },
		{ "bdr_register,bdr_failover", failover },
		{ "standby_promote", 0 },
		{ "all", 0 },
		{ "BDR_FAILOVER", 0 },
		{ "", event_set_default() },
		{ " , ", event_set_default() },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(notify_parse(cases[i].list), cases[i].set);
}

static void the_nearest_word_differs_in_two_letters_at_most(void **state)
{
	(void)state;
	static const struct {
		const char *written, *candidate;
		unsigned distance;
		bool near;
	} cases[] = {
		{ "reconect_attempts", "reconnect_attempts", 1, true },
		{ "reconnect_attempt", "reconnect_attempts", 1, true },
		{ "recconnect_atempts", "reconnect_attempts", 2, true },
		{ "node_nmae", "node_name", 2, true },
		{ "Node_Id", "node_id", 2, true },
		{ "name", "node", 2, false }, /* half of the word */
		{ "mode", "node", 1, true },
		{ "reconn_attempts", "reconnect_attempts", 3, false },
		{ "", "ab", 2, false },
		{ "abc", "", 3, false },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct nearest nearest = nearest_to(cases[i].written);
		assert_int_equal(nearest_distance(cases[i].written, cases[i].candidate),
				 cases[i].distance);
		nearest_try(&nearest, cases[i].candidate);
		assert_int_equal(nearest.best != NULL, cases[i].near);
	}
}

static void the_nearest_of_several_words_wins(void **state)
{
	(void)state;
	struct nearest nearest = nearest_to("log_fil");
	nearest_try(&nearest, "logfile");
	nearest_try(&nearest, "log_file");
	nearest_try(&nearest, "log_fill_");
	assert_string_equal(nearest.best, "log_file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_take_the_units_of_postgresql),
		cmocka_unit_test(sizes_take_the_units_of_postgresql),
		cmocka_unit_test(a_value_is_printed_with_the_largest_unit_that_fits),
		cmocka_unit_test(quotes_and_comments_are_read_as_documented),
		cmocka_unit_test(events_are_read_from_bare_and_quoted_lists),
		cmocka_unit_test(the_nearest_word_differs_in_two_letters_at_most),
		cmocka_unit_test(the_nearest_of_several_words_wins),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
