/* SPDX-License-Identifier: PostgreSQL */
/* From libpq's words to an outcome. The messages are libpq 15's own, with
 * PQERRORS_VERBOSE, as real servers gave them. */
#include "../../../src/pg/classify.h"
#include "bdrmon/lookup.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define AT_NODE "connection to server at \"127.0.0.1\", port 5432 failed: "

static void test_a_failed_connection_has_its_outcome_and_reason(void **state)
{
	static const struct {
		const char *message;
		enum step step;
		enum outcome outcome;
		enum step ended;
		const char *reason;
	} cases[] = {
		{ AT_NODE
		  "Connection refused\n\tIs the server running on that host and accepting TCP/IP "
		  "connections?\n",
		  STEP_CONNECT, OUTCOME_REFUSED, STEP_CONNECT, "Connection refused" },
		{ "connection to server on socket \"/tmp/.s.PGSQL.5432\" failed: No such file or "
		  "directory\n"
		  "\tIs the server running locally and accepting connections on that socket?\n",
		  STEP_CONNECT, OUTCOME_REFUSED, STEP_CONNECT, "No such file or directory" },
		{ AT_NODE "No route to host\n", STEP_CONNECT, OUTCOME_UNREACHABLE, STEP_CONNECT,
		  "No route to host" },
		{ "connection to server at \"::1\", port 1 failed: Connection refused\n" AT_NODE
		  "Network is unreachable\n",
		  STEP_CONNECT, OUTCOME_UNREACHABLE, STEP_CONNECT, "Network is unreachable" },
		{ "could not translate host name \"nowhere.invalid\" to address: Name or service "
		  "not known\n",
		  STEP_CONNECT, OUTCOME_UNREACHABLE, STEP_RESOLVE,
		  "could not translate host name \"nowhere.invalid\" to address: Name or service "
		  "not known" },
		{ AT_NODE "FATAL:  57P03: the database system is starting up\nLOCATION:  "
			  "ProcessStartupPacket, postmaster.c:2352\n",
		  STEP_LOGIN, OUTCOME_STARTING, STEP_LOGIN, "the database system is starting up" },
		{ AT_NODE "FATAL:  57P03: the database system is shutting down\n", STEP_LOGIN,
		  OUTCOME_STOPPING, STEP_LOGIN, "the database system is shutting down" },
		/* both count alike, so that it does no harm not to understand this one */
		{ AT_NODE "FATAL:  57P03: das Datenbanksystem fährt herunter\n", STEP_LOGIN,
		  OUTCOME_STARTING, STEP_LOGIN, "das Datenbanksystem fährt herunter" },
		{ AT_NODE "FATAL:  28P01: password authentication failed for user \"repmgr\"\n",
		  STEP_LOGIN, OUTCOME_DENIED, STEP_LOGIN,
		  "password authentication failed for user \"repmgr\"" },
		{ AT_NODE "FATAL:  3D000: database \"x\" does not exist\n", STEP_LOGIN,
		  OUTCOME_DENIED, STEP_LOGIN, "database \"x\" does not exist" },
		{ AT_NODE "FATAL:  53300: sorry, too many clients already\n", STEP_LOGIN,
		  OUTCOME_TOO_MANY_CONNECTIONS, STEP_LOGIN, "sorry, too many clients already" },
		{ AT_NODE
		  "server closed the connection unexpectedly\n\tThis probably means the server "
		  "terminated abnormally\n",
		  STEP_LOGIN, OUTCOME_BROKEN, STEP_LOGIN,
		  "server closed the connection unexpectedly" },
		/* a server cannot pretend to be refused */
		{ AT_NODE "FATAL:  XX000: Connection refused\n", STEP_LOGIN, OUTCOME_BROKEN,
		  STEP_LOGIN, "Connection refused" },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct pg_failure failure;
		classify_connect(cases[i].message, cases[i].step, false, &failure);
		assert_int_equal(failure.outcome, cases[i].outcome);
		assert_int_equal(failure.step, cases[i].ended);
		assert_string_equal(failure.reason, cases[i].reason);
	}
}

static void test_a_missing_password_is_a_denied_login(void **state)
{
	struct pg_failure failure;
	(void)state;
	classify_connect(AT_NODE "fe_sendauth: no password supplied\n", STEP_LOGIN, true, &failure);
	assert_int_equal(failure.outcome, OUTCOME_DENIED);
	assert_string_equal(failure.reason, "fe_sendauth: no password supplied");
}

static void test_a_session_cut_in_the_query_is_broken(void **state)
{
	struct pg_failure failure;
	(void)state;
	classify_query(NULL, "server closed the connection unexpectedly\n", &failure);
	assert_int_equal(failure.outcome, OUTCOME_BROKEN);
	assert_int_equal(failure.step, STEP_QUERY);
	classify_query("57P01",
		       "FATAL:  57P01: terminating connection due to administrator command\n",
		       &failure);
	assert_int_equal(failure.outcome, OUTCOME_STOPPING);
}

static void test_a_reason_of_any_length_is_one_line_within_its_bound(void **state)
{
	char message[8192];
	struct pg_failure failure;
	(void)state;
	memset(message, 'x', sizeof message);
	memcpy(message, AT_NODE, strlen(AT_NODE));
	message[200] = '\t';
	message[sizeof message - 1] = '\0';
	classify_connect(message, STEP_LOGIN, false, &failure);
	assert_true(strlen(failure.reason) < REASON_MAX);
	assert_null(strchr(failure.reason, '\t'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_failed_connection_has_its_outcome_and_reason),
		cmocka_unit_test(test_a_missing_password_is_a_denied_login),
		cmocka_unit_test(test_a_session_cut_in_the_query_is_broken),
		cmocka_unit_test(test_a_reason_of_any_length_is_one_line_within_its_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
