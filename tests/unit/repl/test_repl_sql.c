/* SPDX-License-Identifier: PostgreSQL */
/* The tables of statements, and how a server's version finds its row. What the statements
 * give is asked of real servers, in tests/integration/test_repl.py. */
#include "../../../src/repl/backend.h"
#include "bdrmon/lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Call CHECK for each statement of each back-end. */
static void for_each_statement(void (*check)(const struct repl_backend *, enum repl_question,
					     const struct repl_sql *))
{
	for (unsigned i = 0; i < repl_backend_count; i++) {
		for (unsigned q = 0; q < REPL_QUESTIONS; q++) {
			const struct repl_sql *sql = repl_backends[i]->sql[q];
			for (unsigned n = 0; n < REPL_SQL_MAX && sql[n].text != NULL; n++)
				check(repl_backends[i], (enum repl_question)q, &sql[n]);
		}
	}
}

static void each_kind_has_one_back_end_that_answers_both_questions(void **state)
{
	(void)state;
	assert_null(repl_backend_of(REPL_NONE));
	assert_int_equal(repl_backend_count, REPL_KINDS - 1);
	for (unsigned i = 0; i < repl_backend_count; i++) {
		const struct repl_backend *backend = repl_backends[i];
		assert_ptr_equal(repl_backend_of(backend->kind), backend);
		assert_non_null(backend->sql[ASK_SETUP][0].text);
		assert_non_null(backend->sql[ASK_STATE][0].text);
	}
}

static void versions_ascend_and_no_row_stands_behind_an_empty_one(void **state)
{
	(void)state;
	for (unsigned i = 0; i < repl_backend_count; i++) {
		for (unsigned q = 0; q < REPL_QUESTIONS; q++) {
			const struct repl_sql *sql = repl_backends[i]->sql[q];
			for (unsigned n = 1; n < REPL_SQL_MAX && sql[n].text != NULL; n++) {
				assert_non_null(sql[n - 1].text);
				assert_true(sql[n - 1].since < sql[n].since);
			}
		}
	}
}

static void check_version(const struct repl_backend *backend, enum repl_question question,
			  const struct repl_sql *sql)
{
	assert_ptr_equal(repl_sql_for(backend, question, sql->since), sql->text);
	assert_ptr_not_equal(repl_sql_for(backend, question, sql->since - 1), sql->text);
}

static void server_gets_the_newest_statement_that_it_knows(void **state)
{
	(void)state;
	for_each_statement(check_version);
	assert_null(repl_sql_for(&repl_pglogical, ASK_STATE, 90599));
	assert_ptr_equal(repl_sql_for(&repl_pglogical, ASK_STATE, 990000),
			 repl_sql_for(&repl_pglogical, ASK_STATE, 130000));
}

static void refuse_token(const struct repl_sql *sql, const char *token)
{
	if (strstr(sql->text, token) != NULL)
		fail_msg("\"%s\" stands in a statement for version %d: %s", token, sql->since,
			 sql->text);
}

/* What a server of that version does not know yet. Source: the release notes. */
static const struct {
	int since;
	const char *token;
} news[] = {
	{ 90500, "ON CONFLICT" },
	{ 90500, "active_pid" },
	{ 90600, "confirmed_flush" },
	{ 90600, "wait_event" },
	{ 100000, "pg_current_wal" },
	{ 100000, "pg_wal_" },
	{ 100000, "replay_lag" },
	{ 100000, "pg_read_all" },
	{ 100000, "pg_monitor" },
	{ 100000, "backend_type" },
	{ 100000, "replay_lsn" },
	{ 100000, "sent_lsn" },
	{ 100000, "pg_subscription" },
	{ 110000, "'DO " },
	{ 120000, "AS MATERIALIZED" },
	{ 120000, "reply_time" },
	{ 130000, "wal_status AS" },
	{ 130000, ".wal_status" },
	{ 150000, "pg_stat_subscription_stats" },
	{ 160000, "suborigin" },
	{ 170000, "invalidation_reason" },
	{ 180000, "confl_" },
};

/* What a server of that version does not know any more. */
static const struct {
	int until;
	const char *token;
} gone[] = {
	{ 100000, "xlog" },
	{ 100000, "r.replay_location" },
};

static void check_tokens(const struct repl_backend *backend, enum repl_question question,
			 const struct repl_sql *sql)
{
	(void)backend;
	(void)question;
	for (unsigned i = 0; i < ARRAY_LEN(news); i++) {
		if (sql->since < news[i].since)
			refuse_token(sql, news[i].token);
	}
	for (unsigned i = 0; i < ARRAY_LEN(gone); i++) {
		if (sql->since >= gone[i].until)
			refuse_token(sql, gone[i].token);
	}
}

static void no_statement_names_what_its_lowest_version_does_not_know(void **state)
{
	(void)state;
	for_each_statement(check_tokens);
}

static void check_secrets(const struct repl_backend *backend, enum repl_question question,
			  const struct repl_sql *sql)
{
	(void)backend;
	(void)question;
	refuse_token(sql, "dsn");
	refuse_token(sql, "conninfo");
	refuse_token(sql, "connstr");
}

static void no_statement_asks_for_a_connection_string(void **state)
{
	(void)state;
	for_each_statement(check_secrets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_one_back_end_that_answers_both_questions),
		cmocka_unit_test(versions_ascend_and_no_row_stands_behind_an_empty_one),
		cmocka_unit_test(server_gets_the_newest_statement_that_it_knows),
		cmocka_unit_test(no_statement_names_what_its_lowest_version_does_not_know),
		cmocka_unit_test(no_statement_asks_for_a_connection_string),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
