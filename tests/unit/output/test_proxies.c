/* SPDX-License-Identifier: PostgreSQL */
/* What a report says of the proxies: what is wrong with each, how grave that is, and the forms. */
#include "bdrmon/report.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

/* A proxy that is well; what differs stands behind it. */
#pragma GCC diagnostic ignored "-Woverride-init"
#define WELL                                                                                       \
	.name = "p1", .node = "node1", .reason = "", .rule = "in_use", .use = USE_YES,             \
	.other_usable = true, .odd = "", .file_reason = "", .move_reason = "", .epoch = 7,         \
	.moves = 2, .sees = { { "node1", HEALTH_UP, 30 }, { "node2", HEALTH_DOWN, 1500 } }

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Two nodes that are up, and a monitor that is well and sees PROXIES. */
static void make(struct report *report, const struct report_proxy *proxies, unsigned count)
{
	*report = (struct report) {
		.cluster = "c",
		.monitor = { .here = true, .name = "m" },
		.node = { { .id = 1, .name = "node1", .health = HEALTH_UP },
			  { .id = 2, .name = "node2", .health = HEALTH_UP } },
		.proxies = count,
	};
	for (unsigned i = 0; i < NODES; i++)
		report->node[i].result = (struct probe_result) { .outcome = OUTCOME_OK,
								 .step = STEP_QUERY,
								 .asked = { 1000000 },
								 .answered = { 1002500 } };
	for (unsigned i = 0; i < count; i++)
		report->proxy[i] = proxies[i];
}

static const char *print(const struct report *report, enum report_format format)
{
	static char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	report_write(report, format, &out);
	assert_false(out.cut);
	return text;
}

static const struct {
	struct report_proxy proxy;
	enum state state;
	const char *words;
} troubles[] = {
	{ { WELL }, STATE_OK, "" },
	{ { WELL, .use = USE_UNKNOWN, .rule = "waiting" }, STATE_OK, "" },
	{ { WELL, .use = USE_NO, .rule = "repair" },
	  STATE_CRITICAL,
	  "cannot use node \"node1\" (rule \"repair\")" },
	{ { WELL, .use = USE_NO, .rule = "stuck", .other_usable = false },
	  STATE_CRITICAL,
	  "can use neither node" },
	{ { WELL, .use = USE_NO, .rule = "stuck", .other_usable = false, .one_eyed = true },
	  STATE_CRITICAL,
	  "cannot use node \"node1\", and does not see the other one; has no probe aliases "
	  "yet: run \"bdrmon pgbouncer adopt\"" },
	{ { WELL, .silent = true, .reason = "the reason" },
	  STATE_WARNING,
	  "does not answer: the reason" },
	{ { WELL, .silent = true }, STATE_WARNING, "has not answered lately" },
	{ { WELL, .rule = "fenced", .wants_move = true, .fenced = true },
	  STATE_WARNING,
	  "is to leave node \"node1\", which has failed and may have come back with old "
	  "data" },
	{ { WELL, .rule = "write_back", .wants_move = true, .differs = true },
	  STATE_WARNING,
	  "names the other node in its file" },
	{ { WELL, .one_eyed = true },
	  STATE_WARNING,
	  "has no probe aliases yet: run \"bdrmon pgbouncer adopt\"" },
	{ { WELL, .node = NULL, .odd = "there is no alias \"app\"" },
	  STATE_WARNING,
	  "is not as it should be: there is no alias \"app\"" },
	{ { WELL, .file_reason = "the reason" },
	  STATE_WARNING,
	  "has a file that cannot be read or changed: the reason" },
	{ { WELL, .move_reason = "the reason" }, STATE_OK, "" }, /* it needs none now */
	{ { WELL, .rule = "home", .wants_move = true, .move_reason = "the reason" },
	  STATE_WARNING,
	  "could not be moved: the reason" },
	{ { WELL, .rule = "repair", .use = USE_NO, .move_reason = "the reason", .wants_move = true,
	    .silent = true },
	  STATE_CRITICAL,
	  "cannot use node \"node1\" (rule \"repair\"); has not answered lately; could not "
	  "be moved: the reason" },
};

static void test_each_trouble_of_a_proxy_has_its_state_and_its_words(void **state)
{
	const struct report_proxy well = { WELL };
	struct report report;
	(void)state;
	for (unsigned i = 0; i < LENGTH(troubles); i++) {
		char sentence[REPORT_REASON_MAX];
		struct strbuf out = STRBUF(sentence);
		const struct report_proxy both[] = { troubles[i].proxy, well };
		make(&report, both, 2);
		report_judge(&report, NULL);
		assert_int_equal(report.state, troubles[i].state);
		assert_string_equal(report.proxy[0].problem, troubles[i].words);
		assert_string_equal(report.proxy[1].problem, "");
		assert_int_equal(report.proxies_off, troubles[i].proxy.use == USE_NO);
		assert_int_equal(report.reasons, troubles[i].state != STATE_OK);
		strbuf_printf(&out, "proxy \"p1\" %s", troubles[i].words);
		if (report.reasons > 0)
			assert_string_equal(report.reason[0], sentence);
	}
}

static void test_some_proxy_must_point_to_a_node_that_can_be_used(void **state)
{
	static const struct {
		struct report_proxy proxy[2];
		unsigned proxies;
		enum outcome node1;
		bool alive;
	} cases[] = {
		{ { { WELL } }, 0, OUTCOME_OK, true },
		{ { { WELL } }, 1, OUTCOME_OK, true },
		/* What the proxy sees counts, whatever the monitor sees. */
		{ { { WELL } }, 1, OUTCOME_REFUSED, true },
		{ { { WELL, .use = USE_NO } }, 1, OUTCOME_OK, false },
		{ { { WELL, .use = USE_NO }, { WELL } }, 2, OUTCOME_OK, true },
		{ { { WELL, .use = USE_NO }, { WELL, .use = USE_NO } }, 2, OUTCOME_OK, false },
		/* While it says nothing the monitor's sight counts. */
		{ { { WELL, .use = USE_UNKNOWN } }, 1, OUTCOME_OK, true },
		{ { { WELL, .use = USE_UNKNOWN } }, 1, OUTCOME_DENIED, true },
		{ { { WELL, .use = USE_UNKNOWN } }, 1, OUTCOME_REFUSED, false },
		{ { { WELL, .use = USE_UNKNOWN, .node = "node2" } }, 1, OUTCOME_REFUSED, true },
		/* Of one whose route is not known nothing can be said. */
		{ { { WELL, .node = NULL, .use = USE_UNKNOWN } }, 1, OUTCOME_REFUSED, true },
		{ { { WELL, .node = NULL, .use = USE_UNKNOWN }, { WELL, .use = USE_NO } },
		  2,
		  OUTCOME_OK,
		  false },
	};
	struct report report;
	(void)state;
	for (unsigned i = 0; i < LENGTH(cases); i++) {
		make(&report, cases[i].proxy, cases[i].proxies);
		report.node[0].result.outcome = cases[i].node1;
		report_judge(&report, NULL);
		const char *first = report.reasons > 0 ? report.reason[0] : "";
		assert_int_equal(strcmp(first, "no proxy points to a node that can be used") != 0,
				 cases[i].alive);
		if (!cases[i].alive)
			assert_int_equal(report.state, STATE_CRITICAL);
	}
}

static void test_the_gravest_stands_first_whichever_proxy_it_is(void **state)
{
	static const struct report_proxy proxies[] = {
		{ WELL, .silent = true },
		{ WELL, .name = "p2", .use = USE_NO, .rule = "repair" },
		{ WELL, .name = "p3" },
	};
	struct report report;
	(void)state;
	make(&report, proxies, 3);
	report_judge(&report, NULL);
	assert_string_equal(print(&report, FORMAT_NAGIOS),
			    "BDRMON CRITICAL: 2 of 2 nodes up as monitor \"m\" sees them; proxy "
			    "\"p2\" cannot use node \"node1\" (rule \"repair\"); proxy \"p1\" has "
			    "not answered lately | nodes_down=0;0;1;0;2 proxies_off=1;;0;0;3 "
			    "node1_time=0.002500s;;;0 node2_time=0.002500s;;;0\n");
}

static void test_the_table_for_people(void **state)
{
	static const struct report_proxy proxies[] = {
		{ WELL },
		{ WELL, .name = "p2", .moving = true, .rule = "repair", .use = USE_NO },
		{ WELL, .name = "p3", .node = NULL, .silent = true, .reason = "refused",
		  .rule = "unread", .use = USE_UNKNOWN, .epoch = 0, .moves = 0 },
		{ WELL, .name = "p4", .node = NULL, .rule = NULL, .use = USE_UNKNOWN,
		  .sees = { { "node1", HEALTH_UNKNOWN, -1 } } },
	};
	struct report report;
	(void)state;
	make(&report, proxies, 4);
	report_judge(&report, NULL);
	const char *table = strstr(print(&report, FORMAT_TABLE), "\nProxies\n");
	assert_non_null(table);
	assert_string_equal(
		table,
		"\nProxies\n"
		" Name | Node  | State       | Rule   | Sees                 | Epoch | Moves | "
		"Problem\n"
		"------+-------+-------------+--------+----------------------+-------+-------+-----"
		"-----------------------------------\n"
		" p1   | node1 | in_use      | in_use | node1 up, node2 down | 7     | 2     | -\n"
		" p2   | node1 | moving      | repair | node1 up, node2 down | 7     | 2     | "
		"cannot use node \"node1\" (rule \"repair\")\n"
		" p3   | ?     | unreachable | unread | node1 up, node2 down | -     | 0     | "
		"does not answer: refused\n"
		" p4   | ?     | unknown     | -      | node1 unknown        | 7     | 2     | -\n"
		"\nCRITICAL: following issues were detected\n"
		"  - proxy \"p2\" cannot use node \"node1\" (rule \"repair\")\n"
		"  - proxy \"p3\" does not answer: refused\n");
}

static void test_without_proxies_there_is_no_table(void **state)
{
	struct report report;
	(void)state;
	make(&report, NULL, 0);
	report_judge(&report, NULL);
	assert_int_equal(report.state, STATE_OK);
	assert_null(strstr(print(&report, FORMAT_TABLE), "Proxies"));
	assert_null(strstr(print(&report, FORMAT_NAGIOS), "proxies"));
	assert_non_null(
		strstr(print(&report, FORMAT_JSON), "\"proxies_off\": 0, \"proxies\": []}"));
}

static void test_as_json(void **state)
{
	static const struct report_proxy proxies[] = {
		{ WELL, .name = "p\"1" },
		{ WELL, .name = "p2", .node = NULL, .silent = true, .reason = "no way",
		  .rule = NULL, .use = USE_UNKNOWN, .epoch = 0,
		  .sees = { { NULL, HEALTH_UNKNOWN, 0 }, { "node2", HEALTH_UNKNOWN, -1 } } },
	};
	struct report report;
	(void)state;
	make(&report, proxies, 2);
	report_judge(&report, NULL);
	const char *part = strstr(print(&report, FORMAT_JSON), ", \"proxies_off\"");
	assert_non_null(part);
	assert_string_equal(
		part,
		", \"proxies_off\": 0, \"proxies\": [{\"name\": \"p\\\"1\", \"node\": \"node1\", "
		"\"state\": \"in_use\", \"rule\": \"in_use\", \"usable\": true, \"sees\": "
		"[{\"node\": \"node1\", \"health\": \"up\", \"evidence_seconds\": 0.030000}, "
		"{\"node\": \"node2\", \"health\": \"down\", \"evidence_seconds\": 1.500000}], "
		"\"answers\": true, \"moving\": false, \"epoch\": 7, \"moves\": 2, \"problem\": "
		"null}, "
		"{\"name\": \"p2\", \"node\": null, \"state\": \"unreachable\", \"rule\": null, "
		"\"usable\": null, \"sees\": [{\"node\": \"node2\", \"health\": \"unknown\", "
		"\"evidence_seconds\": null}], \"answers\": false, \"moving\": false, \"epoch\": "
		"null, \"moves\": 2, \"problem\": \"does not answer: no way\"}]}\n");
}

static void test_csv_is_of_the_nodes_only(void **state)
{
	static const struct report_proxy proxies[] = { { WELL, .use = USE_NO } };
	static char without[REPORT_TEXT_MAX];
	struct report report;
	(void)state;
	make(&report, NULL, 0);
	COPY_TEXT(without, print(&report, FORMAT_CSV));
	make(&report, proxies, 1);
	report_judge(&report, NULL);
	assert_string_equal(print(&report, FORMAT_CSV), without);
}

/* All that can be wrong at once, with all proxies that there can be. */
static void test_the_largest_report_has_room_and_its_line_a_bound(void **state)
{
	static struct report_proxy proxies[PROXIES_MAX];
	static char reason[REASON_MAX], name[NAME_TEXT_MAX];
	static struct report report;
	(void)state;
	memset(reason, '"', sizeof reason - 1); /* two characters in JSON */
	memset(name, 'n', sizeof name - 1);
	for (unsigned i = 0; i < PROXIES_MAX; i++)
		proxies[i] = (struct report_proxy) {
			WELL,
			.name = name,
			.node = name,
			.use = USE_NO,
			.rule = "last_resort",
			.silent = true,
			.reason = reason,
			.one_eyed = true,
			.odd = reason,
			.file_reason = reason,
			.move_reason = reason,
			.differs = true,
			.sees = { { name, HEALTH_RECOVERING, 999999 },
				  { name, HEALTH_RECOVERING, 999999 } },
		};
	make(&report, proxies, PROXIES_MAX);
	for (unsigned i = 0; i < NODES; i++) {
		report.node[i].result.outcome = OUTCOME_REFUSED;
		COPY_TEXT(report.node[i].result.reason, reason);
	}
	report_judge(&report, NULL);
	for (enum report_format f = 0; f < FORMATS; f++)
		print(&report, f);
	const char *line = print(&report, FORMAT_NAGIOS);
	assert_true(strlen(line) <= 4096);
	assert_non_null(strstr(line, " | nodes_down=2;0;1;0;2 proxies_off=16;;0;0;16 "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_trouble_of_a_proxy_has_its_state_and_its_words),
		cmocka_unit_test(test_some_proxy_must_point_to_a_node_that_can_be_used),
		cmocka_unit_test(test_the_gravest_stands_first_whichever_proxy_it_is),
		cmocka_unit_test(test_the_table_for_people),
		cmocka_unit_test(test_without_proxies_there_is_no_table),
		cmocka_unit_test(test_as_json),
		cmocka_unit_test(test_csv_is_of_the_nodes_only),
		cmocka_unit_test(test_the_largest_report_has_room_and_its_line_a_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
