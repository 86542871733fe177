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
	char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	struct report report;
	(void)state;

	judge(OUTCOME_OK, OUTCOME_OK, &report);
	report_write(&report, FORMAT_NAGIOS, &out);
	assert_string_equal(text, "BDRMON OK: 2 of 2 nodes up as probed now | nodes_down=0;0;1;0;2 "
				  "node1_time=0.002500s;;;0 node2_time=0.002500s;;;0\n");
	out = STRBUF(text);
	judge(OUTCOME_OK, OUTCOME_REFUSED, &report);
	report_write(&report, FORMAT_NAGIOS, &out);
	assert_string_equal(text, "BDRMON WARNING: 1 of 2 nodes up as probed now; node \"node2\" "
				  "(ID: 2) refused at connect: "
				  "the reason | nodes_down=1;0;1;0;2 node1_time=0.002500s;;;0 "
				  "node2_time=0.002500s;;;0\n");
}

static void test_a_node_that_nobody_knows_is_a_warning_beside_one_that_is_up(void **state)
{
	char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	struct report report = { .cluster = "c",
				 .node = { node(1, "node1", OUTCOME_OK), { .name = "" } } };
	(void)state;
	report.missing = "not registered";
	report_judge(&report, NULL);
	assert_int_equal(report.state, STATE_WARNING);
	report_write(&report, FORMAT_NAGIOS, &out);
	assert_string_equal(text, "BDRMON WARNING: 1 of 2 nodes up as probed now; the other node "
				  "is not known: not registered | "
				  "nodes_down=0;0;1;0;2 node1_time=0.002500s;;;0\n");
	report.node[0] = node(1, "node1", OUTCOME_TIMEOUT);
	report.missing = "not registered";
	report_judge(&report, NULL);
	assert_int_equal(report.state, STATE_CRITICAL);
}

static void test_nothing_in_a_reason_breaks_the_line(void **state)
{
	char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	struct report report;
	(void)state;
	judge(OUTCOME_OK, OUTCOME_BROKEN, &report);
	COPY_TEXT(report.node[1].result.reason, "a|b\nc\td");
	report_judge(&report, NULL);
	report_write(&report, FORMAT_NAGIOS, &out);
	assert_non_null(strstr(text, "a b c d | nodes_down"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void test_labels_differ_whatever_the_names_are(void **state)
{
	char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	struct report report = { .cluster = "c",
				 .node = { node(1, "data base=1", OUTCOME_OK),
					   node(2, "data'base 1", OUTCOME_OK) } };
	(void)state;
	report_judge(&report, NULL);
	report_write(&report, FORMAT_NAGIOS, &out);
	assert_non_null(strstr(text, " node1_time=0.002500s"));
	assert_non_null(strstr(text, " node2_time=0.002500s"));
}

/* As a lag may be that a server counts with a clock that was set back. */
static void test_a_time_below_zero_is_a_number_too(void **state)
{
	char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	struct report report;
	(void)state;
	judge(OUTCOME_OK, OUTCOME_OK, &report);
	report.node[0].result.answered.us = report.node[0].result.asked.us - 30000;
	report.node[1].result.answered.us = report.node[1].result.asked.us - 1500000;
	report_write(&report, FORMAT_JSON, &out);
	assert_non_null(strstr(text, "\"time\": -0.030000,"));
	assert_non_null(strstr(text, "\"time\": -1.500000,"));
}

static void test_json_is_one_document_with_null_for_what_is_not_known(void **state)
{
	char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	struct report report;
	(void)state;
	judge(OUTCOME_OK, OUTCOME_REFUSED, &report);
	report.node[1].name = "no\"de\\\n";
	report_judge(&report, NULL);
	report_write(&report, FORMAT_JSON, &out);
	assert_string_equal(
		text,
		"{\"status\": \"WARNING\", \"code\": 1, \"cluster\": \"c\", \"reasons\": "
		"[\"node \\\"no\\\"de\\\\\\u000a\\\" (ID: 2) refused at connect: the reason\"], "
		"\"monitor\": null, \"nodes_up\": 1, \"nodes_down\": 1, \"nodes\": "
		"[{\"id\": 1, \"name\": \"node1\", \"health\": null, \"health_seconds\": null, "
		"\"outcome\": \"ok\", \"step\": \"query\", \"time\": 0.002500, "
		"\"evidence_seconds\": null, \"failed\": null, \"stage\": null, "
		"\"replication\": null, \"link_in\": null, \"link_out\": null, "
		"\"lag_bytes\": null, \"lag\": null, \"slot\": null, \"conflicts\": null, "
		"\"rule\": null, "
		"\"rule_without_pause\": null, \"reason\": null}, "
		"{\"id\": 2, \"name\": \"no\\\"de\\\\\\u000a\", \"health\": null, "
		"\"health_seconds\": null, \"outcome\": \"refused\", \"step\": \"connect\", "
		"\"time\": 0.002500, \"evidence_seconds\": null, \"failed\": null, \"stage\": "
		"null, "
		"\"replication\": null, \"link_in\": null, \"link_out\": null, "
		"\"lag_bytes\": null, \"lag\": null, \"slot\": null, \"conflicts\": null, "
		"\"rule\": null, \"rule_without_pause\": null, \"reason\": \"the reason\"}], "
		"\"proxies_off\": null, \"proxies\": null}\n");
}

static void test_the_default_limits_are_what_their_text_says(void **state)
{
	struct report_limits limits;
	struct report report;
	struct error err;
	(void)state;
	judge(OUTCOME_OK, OUTCOME_OK, &report);
	assert_int_equal(
		report_limits_parse(NODES_DOWN_WARNING, NODES_DOWN_CRITICAL, &limits, &err), OK);
	for (unsigned down = 0; down <= NODES; down++) {
		assert_int_equal(range_alerts(&limits.warning, down),
				 range_alerts(&report.limits.warning, down));
		assert_int_equal(range_alerts(&limits.critical, down),
				 range_alerts(&report.limits.critical, down));
	}
}

static void test_what_is_no_utf8_is_replaced_in_json(void **state)
{
	char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	struct report report;
	(void)state;
	judge(OUTCOME_OK, OUTCOME_REFUSED, &report);
	COPY_TEXT(report.node[1].result.reason, "\xc3\xa4 and \xff\xe2\x82");
	report_judge(&report, NULL);
	report_write(&report, FORMAT_JSON, &out);
	assert_non_null(strstr(text, "\"reason\": \"\xc3\xa4 and \\ufffd\\ufffd\\ufffd\""));
}

/* A monitor that is well, and one thing at a time that is not. */
static void test_each_trouble_of_the_monitor_has_its_state_and_its_words(void **state)
{
	static const struct {
		struct report_monitor monitor;
		enum state state;
		const char *words;
	} cases[] = {
		{ { .here = true }, STATE_OK, NULL },
		{ { .here = false }, STATE_WARNING, "no monitor runs here" },
		{ { .here = true, .failover_pending = true },
		  STATE_CRITICAL,
		  "the command of a failover is not done, or has failed" },
		{ { .here = true, .paused = true, .pause_left_ms = -1 },
		  STATE_WARNING,
		  "the monitor is paused" },
		{ { .here = true, .paused = true, .pause_left_ms = 61500 },
		  STATE_WARNING,
		  "the monitor is paused for 61 s more" },
		{ { .here = true, .rival = true },
		  STATE_WARNING,
		  "a repmgrd is running, and the monitor only watches" },
		{ { .here = true, .config_rejected = true },
		  STATE_WARNING,
		  "the changed configuration was rejected, and the one before is in force" },
		{ { .here = true, .peers = 1, .peer = { { "other", true, false } } },
		  STATE_WARNING,
		  "nothing is heard of monitor \"other\"" },
		{ { .here = true,
		    .peers = 3,
		    .peer = { { "a", true, false }, { "b", false, false }, { "c", true, false } } },
		  STATE_WARNING,
		  "nothing is heard of monitor \"a\", \"c\"" },
		{ { .here = true, .peers = 1, .peer = { { "other", false, true } } },
		  STATE_WARNING,
		  "monitor \"other\" has other settings than this one" },
		{ { .here = true, .peers = 1, .peer = { { "other", false, false } } },
		  STATE_OK,
		  NULL },
	};
	struct report report;
	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		judge(OUTCOME_OK, OUTCOME_OK, &report);
		report.node[0].health = report.node[1].health = HEALTH_UP;
		report.monitor = cases[i].monitor;
		report.monitor.name = "m";
		report.monitor_wanted = true;
		report_judge(&report, NULL);
		assert_int_equal(report.state, cases[i].state);
		assert_int_equal(report.reasons, cases[i].words != NULL);
		if (cases[i].words != NULL)
			assert_string_equal(report.reason[0], cases[i].words);
	}
}

static void test_each_arbiter_that_does_not_answer_is_named_with_its_reason(void **state)
{
	struct report report;
	(void)state;
	judge(OUTCOME_OK, OUTCOME_OK, &report);
	report.monitor.arbiters = 3;
	report.monitor.arbiter[0] = (struct report_arbiter) { "a", true, "the reason" };
	report.monitor.arbiter[1] = (struct report_arbiter) { "b", false, "" };
	report.monitor.arbiter[2] = (struct report_arbiter) { "c", true, "" };
	report_judge(&report, NULL);
	assert_int_equal(report.state, STATE_WARNING);
	assert_string_equal(
		report.reason[0],
		"arbiter \"a\" does not answer: the reason, arbiter \"c\" does not answer");
	report.monitor.arbiter[0].silent = report.monitor.arbiter[2].silent = false;
	report_judge(&report, NULL);
	assert_int_equal(report.reasons, 0);
}

static void test_each_trouble_of_the_replication_has_its_state_and_its_words(void **state)
{
	static const struct {
		struct report_link link;
		enum state state;
		const char *words;
	} cases[] = {
		{ { .in = "up", .out = "up", .slot = "safe", .nodes = 2 }, STATE_OK, NULL },
		{ { .in = "down", .out = "up" },
		  STATE_WARNING,
		  "node \"node1\" (ID: 1) does not receive what the other one writes" },
		{ { .lag_bytes = 11, .lag_max_bytes = 10 },
		  STATE_WARNING,
		  "node \"node1\" (ID: 1) lags behind by 11 bytes, more than recovery_max_lag" },
		{ { .lag_bytes = 10, .lag_max_bytes = 10 }, STATE_OK, NULL },
		{ { .lag_bytes = -1 }, STATE_OK, NULL }, /* it cannot say */
		{ { .slot = "at risk" },
		  STATE_WARNING,
		  "the replication slot on node \"node1\" (ID: 1) may be lost soon" },
		{ { .slot = "lost" },
		  STATE_CRITICAL,
		  "the replication slot on node \"node1\" (ID: 1) is lost: the other node cannot "
		  "catch up" },
		{ { .nodes = 3 },
		  STATE_UNKNOWN,
		  "repmgr can only support BDR 2.x clusters with 2 nodes: this BDR cluster has 3 "
		  "nodes" },
	};
	struct report report;
	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		judge(OUTCOME_OK, OUTCOME_OK, &report);
		report.node[0].link = cases[i].link;
		report.node[0].link.kind = "pglogical";
		report_judge(&report, NULL);
		assert_int_equal(report.state, cases[i].state);
		assert_int_equal(report.reasons, cases[i].words != NULL);
		if (cases[i].words != NULL)
			assert_string_equal(report.reason[0], cases[i].words);
	}
}

static void test_with_a_node_down_its_links_are_not_told_too(void **state)
{
	struct report report;
	(void)state;
	judge(OUTCOME_OK, OUTCOME_REFUSED, &report);
	report.node[0].link = (struct report_link) {
		.kind = "pglogical", .in = "down", .lag_bytes = 99, .lag_max_bytes = 1
	};
	report_judge(&report, NULL);
	assert_int_equal(report.reasons, 1);
}

static void test_a_report_of_nothing_says_why(void **state)
{
	char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	struct report report;
	(void)state;
	report_unknown(&report, "", "repmgr.ini:3: what is wrong");
	report_write(&report, FORMAT_NAGIOS, &out);
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
		cmocka_unit_test(test_the_default_limits_are_what_their_text_says),
		cmocka_unit_test(test_what_is_no_utf8_is_replaced_in_json),
		cmocka_unit_test(test_each_trouble_of_the_monitor_has_its_state_and_its_words),
		cmocka_unit_test(test_each_arbiter_that_does_not_answer_is_named_with_its_reason),
		cmocka_unit_test(test_each_trouble_of_the_replication_has_its_state_and_its_words),
		cmocka_unit_test(test_with_a_node_down_its_links_are_not_told_too),
		cmocka_unit_test(test_a_report_of_nothing_says_why),
		cmocka_unit_test(test_a_time_below_zero_is_a_number_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
