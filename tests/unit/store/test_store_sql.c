/* SPDX-License-Identifier: PostgreSQL */
/* What can be said of the store's statements without a server. */
#include "../../../src/store/parts.h"

#include "bdrmon/lookup.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SOURCE_MAX 65536

/* On the other node a part may have come by BDR's replication of DDL meanwhile. */
static void test_a_part_that_is_there_already_does_no_harm(void **state)
{
	(void)state;
	for (unsigned i = 0; i < schema_part_count; i++) {
		const char *create = schema_parts[i].create;
		if (strstr(create, "IF NOT EXISTS") == NULL && strstr(create, "OR REPLACE") == NULL)
			fail_msg("%s: %s", schema_parts[i].name, create);
	}
}

static void test_each_part_says_what_a_dry_run_would_do(void **state)
{
	(void)state;
	for (unsigned i = 0; i < schema_part_count; i++) {
		const struct schema_part *part = &schema_parts[i];
		assert_non_null(part->name);
		assert_non_null(part->would);
		assert_ptr_equal(strstr(part->would, part->name), part->would);
		assert_int_equal(strncmp(part->missing, "SELECT ", strlen("SELECT ")), 0);
	}
}

static void test_there_is_a_part_for_the_table_of_nodes(void **state)
{
	unsigned found = 0;

	(void)state;
	for (unsigned i = 0; i < schema_part_count; i++)
		found += strcmp(schema_parts[i].name, SCHEMA_NODES) == 0;
	assert_int_equal(found, 1);
}

static void read_source(const char *path, char text[SOURCE_MAX])
{
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	size_t length = fread(text, 1, SOURCE_MAX - 1, file);
	assert_true(length > 0 && length < SOURCE_MAX - 1);
	text[length] = '\0';
	fclose(file);
}

/* BDR's last free version runs on PostgreSQL 9.4 and 9.6. */
static void test_no_statement_needs_more_than_postgresql_9_4(void **state)
{
	static const char *const newer[] = { "ON CONFLICT",   "to_regnamespace", "to_regrole",
					     "SKIP LOCKED",   "GROUPING SETS",   "COLUMN IF NOT",
					     "INDEX IF NOT",  "jsonb_build",     "xid8",
					     "num_nonnulls(", "GENERATED",       "MERGE INTO" };
	char *text = malloc(SOURCE_MAX);
	glob_t files;

	(void)state;
	assert_non_null(text);
	assert_int_equal(glob(SOURCE_DIR "/src/store/*.c", 0, NULL, &files), 0);
	for (size_t f = 0; f < files.gl_pathc; f++) {
		read_source(files.gl_pathv[f], text);
		for (unsigned i = 0; i < ARRAY_LEN(newer); i++) {
			if (strstr(text, newer[i]) != NULL)
				fail_msg("%s: %s", files.gl_pathv[f], newer[i]);
		}
	}
	globfree(&files);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_part_that_is_there_already_does_no_harm),
		cmocka_unit_test(test_each_part_says_what_a_dry_run_would_do),
		cmocka_unit_test(test_there_is_a_part_for_the_table_of_nodes),
		cmocka_unit_test(test_no_statement_needs_more_than_postgresql_9_4),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
