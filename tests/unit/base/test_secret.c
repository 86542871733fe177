/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/secret.h"

#include "bdrmon/lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CANARY "hunter2"

static const char *masked(const char *text, char memory[4096])
{
	struct strbuf out = strbuf_over(memory, 4096);
	secret_mask(&out, text);
	assert_false(out.cut);
	return memory;
}

static void what_is_no_secret_stays_as_it_is(void **state)
{
	static const char *const texts[] = {
		"",
		"host=node1 dbname=bdrtest user=repmgr connect_timeout=2",
		"password authentication failed for user \"repmgr\"",
		"passfile=/etc/bdrmon/pgpass",
		"require_auth=password sslmode=require",
		"postgresql://repmgr@node1:5432/bdrtest?connect_timeout=2",
		"postgresql://node1:5432,node2:5432/bdrtest",
		"postgresql:///bdrtest?host=/tmp&port=5433",
		"/x %n %e %s \"%c\" \"%a\" >> /tmp/x.log 2>&1",
		"me@host: it's odd",
		"the secret of 100% uptime",
	};
	char memory[4096];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_string_equal(masked(texts[i], memory), texts[i]);
}

static void what_stands_around_a_secret_stays(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "host=a password=hunter2 user=b", "host=a password=*** user=b" },
		{ "password=hunter2", "password=***" },
		{ "host=a password='hunter2 x' user=b", "host=a password=*** user=b" },
		{ "host=a password = 'a b\\'hunter2'", "host=a password = ***" },
		{ "host=a password\t=\n hunter2\tuser=b", "host=a password\t=\n ***\tuser=b" },
		{ "host=a password=a\\ hunter2 user=b", "host=a password=*** user=b" },
		{ "host=a sslpassword=hunter2 sslkey=k", "host=a sslpassword=*** sslkey=k" },
		{ "host=a PassWord=hunter2 user=b", "host=a PassWord=*** user=b" },
		{ "password= host=a", "password= ***" }, /* so libpq reads it */
		{ "password=", "password=" },
		{ "PGPASSWORD=hunter2 /x %n", "PGPASSWORD=*** /x %n" },
		{ "PGPASSWORD='a '\"hunter2 b\" /x %n", "PGPASSWORD=*** /x %n" },
		{ "/x --password=\"a hunter2\" %n", "/x --password=*** %n" },
		{ "psql \"host=a password=hunter2\" -c", "psql \"host=a password=***" },
		{ "postgresql://u:hunter2@h/db", "postgresql://u:***@h/db" },
		{ "postgres://u:hunter2@h:5432/db?x=y", "postgres://u:***@h:5432/db?x=y" },
		{ "postgresql://:hunter2@h/db", "postgresql://:***@h/db" },
		{ "postgresql://u:@h/db", "postgresql://u:@h/db" },
		{ "postgresql://u:a@hunter2/b:c@h/db", "postgresql://u:***@h/db" },
		{ "postgresql://h/db?password=hunter2&x=y", "postgresql://h/db?password=***" },
		{ "postgresql://h/db?x=y&sslpassword=hunter2",
		  "postgresql://h/db?x=y&sslpassword=***" },
		{ "postgresql://h/db?pass%77ord=hunter2", "postgresql://h/db?pass%77ord=***" },
		{ "postgresql://u:hunter2@h/db?password=hunter2",
		  "postgresql://u:***@h/db?password=***" },
	};
	char memory[4096];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(masked(cases[i].text, memory), cases[i].shown);
}

/* Whoever reads the text, and however it is quoted: none of it is shown. */
static void a_secret_is_hidden_to_its_last_possible_end(void **state)
{
	static const char *const texts[] = {
		"password='x hunter2",
		"password=\"x hunter2",
		"password=it's hunter2",
		"password='a'b' hunter2'",
		"password='a\\' hunter2'",
		"conninfo='host=a password=''x hunter2'''",
		"ssh h 'x password=\\\"a hunter2\\\"'",
		"sh -c 'psql \"password='\\''a hunter2'\\''\"'",
		"password=\\'a hunter2\\'",
		"password=a\\ b\\ hunter2",
		"passwordpassword=hunter2",
		"password=password=hunter2",
		"postgresql://h/d?password=a hunter2",
		"postgresql://u:a hunter2@h",
		"postgresql://u:a'hunter2@h",
		"POSTGRESQL://u:hunter2@h",
		"postgresql://a@b:hunter2@h",
		"postgresql://u:hunter2@h postgresql://v:hunter2@i",
		"psql postgresql://u@h/d password=hunter2",
		"a=postgresql://h?password=x&password=hunter2",
		"scram_client_key=hunter2 scram_server_key = 'x hunter2'",
		"oauth_client_secret=hunter2",
	};
	char memory[4096];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (strstr(masked(texts[i], memory), CANARY) != NULL)
			fail_msg("%s", memory);
	}
}

static void a_result_that_does_not_fit_is_cut_and_not_shown_otherwise(void **state)
{
	char memory[12];
	struct strbuf out = STRBUF(memory);
	(void)state;

	secret_mask(&out, "password=hunter2 host=a");
	assert_true(out.cut);
	assert_string_equal(out.text, "password=**");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_secret_stays_as_it_is),
		cmocka_unit_test(what_stands_around_a_secret_stays),
		cmocka_unit_test(a_secret_is_hidden_to_its_last_possible_end),
		cmocka_unit_test(a_result_that_does_not_fit_is_cut_and_not_shown_otherwise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
