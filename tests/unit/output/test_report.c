/* SPDX-License-Identifier: PostgreSQL */
/* What --once says, as judgement and as text. */
#include "bdrmon/report.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct report_node node(int id, const char *name, enum outcome outcome)
{
	struct report_node made = { .id = id, .name = name };
	bool failed = outcome_class(outcome) != CLASS_ALIVE;
	made.result = (struct probe_result) { .outcome = outcome,
					      .step = failed ? STEP_CONNECT : STEP_QUERY,
					      .asked = { 1000000 },
					      .answered = { 1002500 } };
	if (failed)
		COPY_TEXT(made.result.reason, "the reason");
	return made;
}

static enum state judge(enum outcome first, enum outcome second, struct report *report)
{
	*report = (struct report) { .cluster = "c",
				    .node = { node(1, "node1", first), node(2, "node2", second) } };
	report_judge(report, NULL);
	return report->state;
}

static void test_every_pair_of_outcomes_has_its_state(void **state)
{
	struct report report;
	(void)state;
	for (enum outcome a = OUTCOME_OK; a < OUTCOMES; a++) {
		for (enum outcome b = OUTCOME_OK; b < OUTCOMES; b++) {
			enum outcome_class ca = outcome_class(a), cb = outcome_class(b);
			bool a_down = ca == CLASS_FAILED || ca == CLASS_TRANSIENT;
			bool b_down = cb == CLASS_FAILED || cb == CLASS_TRANSIENT;
			enum state expected = a_down && b_down ? STATE_CRITICAL
					      : ca == CLASS_ALIVE && cb == CLASS_ALIVE
						      ? STATE_OK
						      : STATE_WARNING;
			assert_int_equal(judge(a, b, &report), expected);
			assert_int_equal(report.nodes_down, (unsigned)a_down + b_down);
		}
	}
}

static void test_the_line_for_nagios(void **state)
{
	char text[NAGIOS_LINE_MAX];
	struct strbuf out = STRBUF(text);
	struct report report;
	(void)state;

	judge(OUTCOME_OK, OUTCOME_OK, &report);
	report_nagios(&report, &out);
	assert_string_equal(text, "BDRMON OK: 2 of 2 nodes up | nodes_down=0;0;1;0;2 "
				  "node1_time=0.002500s;;;0 node2_time=0.002500s;;;0\n");
	out = STRBUF(text);
	judge(OUTCOME_OK, OUTCOME_REFUSED, &report);
	report_nagios(&report, &out);
	assert_string_equal(
		text, "BDRMON WARNING: 1 of 2 nodes up; node \"node2\" (ID: 2) refused at connect: "
		      "the reason | nodes_down=1;0;1;0;2 node1_time=0.002500s;;;0 "
		      "node2_time=0.002500s;;;0\n");
}

static void test_a_node_that_nobody_knows_is_a_warning_beside_one_that_is_up(void **state)
{
	char text[NAGIOS_LINE_MAX];
	struct strbuf out = STRBUF(text);
	struct report report = { .cluster = "c",
				 .node = { node(1, "node1", OUTCOME_OK), { .name = "" } } };
	(void)state;
	report_judge(&report, "not registered");
	assert_int_equal(report.state, STATE_WARNING);
	report_nagios(&report, &out);
	assert_string_equal(
		text,
		"BDRMON WARNING: 1 of 2 nodes up; the other node is not known: not registered | "
		"nodes_down=0;0;1;0;2 node1_time=0.002500s;;;0\n");
	report.node[0] = node(1, "node1", OUTCOME_TIMEOUT);
	report_judge(&report, "not registered");
	assert_int_equal(report.state, STATE_CRITICAL);
}

static void test_nothing_in_a_reason_breaks_the_line(void **state)
{
	char text[NAGIOS_LINE_MAX];
	struct strbuf out = STRBUF(text);
	struct report report;
	(void)state;
	judge(OUTCOME_OK, OUTCOME_BROKEN, &report);
	COPY_TEXT(report.node[1].result.reason, "a|b\nc\td");
	report_judge(&report, NULL);
	report_nagios(&report, &out);
	assert_non_null(strstr(text, "a b c d | nodes_down"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void test_labels_differ_whatever_the_names_are(void **state)
{
	char text[NAGIOS_LINE_MAX];
	struct strbuf out = STRBUF(text);
	struct report report = { .cluster = "c",
				 .node = { node(1, "data base=1", OUTCOME_OK),
					   node(2, "data'base 1", OUTCOME_OK) } };
	(void)state;
	report_judge(&report, NULL);
	report_nagios(&report, &out);
	assert_non_null(strstr(text, " node1_time=0.002500s"));
	assert_non_null(strstr(text, " node2_time=0.002500s"));
}

static void test_json_is_one_document_with_null_for_what_is_not_known(void **state)
{
	char text[JSON_MAX];
	struct strbuf out = STRBUF(text);
	struct report report;
	(void)state;
	judge(OUTCOME_OK, OUTCOME_REFUSED, &report);
	report.node[1].name = "no\"de\\\n";
	report_judge(&report, NULL);
	report_json(&report, &out);
	assert_string_equal(
		text, "{\"status\": \"WARNING\", \"code\": 1, \"cluster\": \"c\", \"reasons\": "
		      "[\"node \\\"no\\\"de\\\\\\u000a\\\" (ID: 2) refused at connect: the "
		      "reason\"], \"nodes_up\": 1, "
		      "\"nodes_down\": 1, \"nodes\": [{\"id\": 1, \"name\": \"node1\", "
		      "\"outcome\": \"ok\", \"step\": "
		      "\"query\", \"reason\": null, \"time\": 0.002500}, {\"id\": 2, \"name\": "
		      "\"no\\\"de\\\\\\u000a\", \"outcome\": \"refused\", \"step\": \"connect\", "
		      "\"reason\": "
		      "\"the reason\", \"time\": 0.002500}]}\n");
}

static void test_a_report_of_nothing_says_why(void **state)
{
	char text[NAGIOS_LINE_MAX];
	struct strbuf out = STRBUF(text);
	struct report report;
	(void)state;
	report_unknown(&report, "", "repmgr.ini:3: what is wrong");
	report_nagios(&report, &out);
	assert_string_equal(text, "BDRMON UNKNOWN: repmgr.ini:3: what is wrong\n");
	assert_int_equal(report.state, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pair_of_outcomes_has_its_state),
		cmocka_unit_test(test_the_line_for_nagios),
		cmocka_unit_test(test_a_node_that_nobody_knows_is_a_warning_beside_one_that_is_up),
		cmocka_unit_test(test_nothing_in_a_reason_breaks_the_line),
		cmocka_unit_test(test_labels_differ_whatever_the_names_are),
		cmocka_unit_test(test_json_is_one_document_with_null_for_what_is_not_known),
		cmocka_unit_test(test_a_report_of_nothing_says_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
