/* SPDX-License-Identifier: PostgreSQL */
/* What can be said of a connection string without connecting. */
#include "bdrmon/conninfo.h"
#include "bdrmon/lookup.h"
#include "bdrmon/resolve.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_no_part_of_a_bad_connection_string_is_repeated(void **state)
{
	static const char *const bad[] = {
		"host=node1 password=x s3cret", "postgresql://u:s3cret@[::1/db",
		"host=node1 password='s3cret",  "s3cret",
		"host=a,b password=s3cret",
	};
	int64_t timeout_ms;
	struct error err;
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(conninfo_check(bad[i], &timeout_ms, &err), ERR_CONFIG);
		assert_null(strstr(err.text, "s3cret"));
		assert_null(strstr(err.hint, "s3cret"));
	}
}

static void test_a_connection_string_gives_its_timeout(void **state)
{
	int64_t timeout_ms = -1;
	struct error err;
	(void)state;
	assert_int_equal(conninfo_check("host=node1 connect_timeout=3", &timeout_ms, &err), OK);
	assert_int_equal(timeout_ms, 3000);
	assert_int_equal(conninfo_check("postgresql://node1/db", &timeout_ms, &err), OK);
	assert_int_equal(timeout_ms, 0);
	assert_int_equal(conninfo_check("host=node1 conect_timeout=3", &timeout_ms, &err),
			 ERR_CONFIG);
	assert_non_null(strstr(err.text, "conect_timeout"));
}

static void test_only_a_name_is_resolved(void **state)
{
	static const struct {
		const char *conninfo;
		const char *host; /* NULL: none */
	} cases[] = {
		{ "host=node1 dbname=x", "node1" },
		{ "postgresql://u:p@node1.example:5433/db", "node1.example" },
		{ "host=localhost", "localhost" },
		{ "host=127.0.0.1", NULL },
		{ "host=::1", NULL },
		{ "host=fe80::1%lo", NULL },
		{ "host=/run/postgresql", NULL },
		{ "host=@abstract", NULL },
		{ "host=''", NULL },
		{ "dbname=x", NULL },
		{ "host=node1 hostaddr=192.0.2.1", NULL },
		{ "hostaddr=192.0.2.1", NULL },
		{ "host=node1 sslmode=nonsense port=x", "node1" },
		{ "not a connection string", NULL },
		{ "service=elsewhere", NULL },
	};
	char host[HOST_TEXT_MAX];
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		bool found = conninfo_host(cases[i].conninfo, host, sizeof host);
		assert_int_equal(found, cases[i].host != NULL);
		if (found)
			assert_string_equal(host, cases[i].host);
	}
}

static void test_the_host_is_known_by_its_name_or_its_address(void **state)
{
	static const struct {
		const char *conninfo, *host;
	} cases[] = {
		{ "host=node1 dbname=x", "node1" },
		{ "postgresql://u:p@node1.example:5433/db", "node1.example" },
		{ "host=127.0.0.1", "127.0.0.1" },
		{ "postgresql://[::1]:5433/db", "::1" },
		{ "host=/run/postgresql", "/run/postgresql" },
		{ "host=@abstract", "@abstract" },
		{ "host=''", "" },
		{ "dbname=x", "" },
		{ "host=node1 hostaddr=192.0.2.1", "node1" },
		{ "host=/run/postgresql hostaddr=192.0.2.1", "192.0.2.1" },
		{ "host=@abstract hostaddr=192.0.2.1", "192.0.2.1" },
		{ "hostaddr=192.0.2.1", "192.0.2.1" },
		{ "not a connection string", "" },
	};
	char host[HOST_TEXT_MAX], small[5];
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		conninfo_place(cases[i].conninfo, host, sizeof host);
		assert_string_equal(host, cases[i].host);
	}
	conninfo_place("host=node1", small, sizeof small);
	assert_string_equal(small, "node");
}

static void test_a_name_longer_than_any_is_left_to_libpq(void **state)
{
	char conninfo[2 * HOST_TEXT_MAX] = "host=";
	char host[HOST_TEXT_MAX];
	(void)state;
	memset(conninfo + strlen("host="), 'x', HOST_TEXT_MAX);
	assert_false(conninfo_host(conninfo, host, sizeof host));
}

static void test_the_name_is_found_in_environment_and_service_too(void **state)
{
	char path[] = "/tmp/bdrmon-service-XXXXXX";
	char host[HOST_TEXT_MAX];
	(void)state;
	FILE *file = fdopen(mkstemp(path), "w");
	assert_non_null(file);
	fputs("[node2]\nhost=of-service\n[several]\nhost=a,b\n", file);
	fclose(file);
	setenv("PGSERVICEFILE", path, 1);
	assert_true(conninfo_host("service=node2", host, sizeof host));
	assert_string_equal(host, "of-service");
	assert_false(conninfo_host("service=several", host, sizeof host));
	setenv("PGHOST", "of-environment", 1);
	assert_true(conninfo_host("dbname=x", host, sizeof host));
	assert_string_equal(host, "of-environment");
	conninfo_place("service=node2", host, sizeof host);
	assert_string_equal(host, "of-service");
	setenv("PGHOSTADDR", "192.0.2.1", 1);
	assert_false(conninfo_host("dbname=x", host, sizeof host));
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_part_of_a_bad_connection_string_is_repeated),
		cmocka_unit_test(test_a_connection_string_gives_its_timeout),
		cmocka_unit_test(test_only_a_name_is_resolved),
		cmocka_unit_test(test_the_host_is_known_by_its_name_or_its_address),
		cmocka_unit_test(test_a_name_longer_than_any_is_left_to_libpq),
		cmocka_unit_test(test_the_name_is_found_in_environment_and_service_too),
	};
	/* what the tester's own environment says must not count */
	static const char *const variables[] = { "PGHOST", "PGHOSTADDR", "PGSERVICE", "PGPORT" };
	for (unsigned i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
