/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/known.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bed {
	char directory[64], path[96];
	struct known_place place;
};

static int make_bed(void **state)
{
	struct bed *bed = calloc(1, sizeof *bed);
	strcpy(bed->directory, "/tmp/bdrmon-test-XXXXXX");
	if (bed == NULL || mkdtemp(bed->directory) == NULL)
		return -1;
	snprintf(bed->path, sizeof bed->path, "%s/other-node", bed->directory);
	bed->place = (struct known_place) { bed->directory, "main", 1 };
	*state = bed;
	return 0;
}

static int clear_bed(void **state)
{
	struct bed *bed = *state;
	unlink(bed->path);
	rmdir(bed->directory);
	free(bed);
	return 0;
}

static const struct node_record node2 = { 2, "node2", "host=b password=x" };

static bool load(const struct bed *bed, struct node_record *got)
{
	struct error err;
	*got = (struct node_record) { 0 };
	return known_load(&bed->place, got, &err) == OK && got->id != 0;
}

static void test_what_was_saved_is_loaded(void **state)
{
	struct bed *bed = *state;
	struct node_record got;
	struct error err;
	assert_false(load(bed, &got));
	assert_int_equal(known_save(&bed->place, &node2, &err), OK);
	assert_true(load(bed, &got));
	assert_int_equal(got.id, 2);
	assert_string_equal(got.name, node2.name);
	assert_string_equal(got.conninfo, node2.conninfo);
}

static void test_another_clusters_record_is_not_taken(void **state)
{
	struct bed *bed = *state;
	struct node_record got;
	struct error err;
	assert_int_equal(known_save(&bed->place, &node2, &err), OK);
	bed->place.cluster = "other";
	assert_false(load(bed, &got));
	bed->place.cluster = "main";
	bed->place.own_id = 2;
	assert_false(load(bed, &got));
}

static void test_a_record_of_several_lines_is_refused(void **state)
{
	struct bed *bed = *state;
	struct node_record bad = { 2, "node\n2", "host=b" };
	struct error err;
	assert_int_equal(known_save(&bed->place, &bad, &err), ERR_SYSTEM);
}

static void test_a_missing_directory_is_named(void **state)
{
	struct bed *bed = *state;
	struct error err;
	bed->place.directory = "/nowhere";
	assert_int_equal(known_save(&bed->place, &node2, &err), ERR_SYSTEM);
	assert_string_equal(
		err.text,
		"could not create file \"/nowhere/other-node.new\": No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_was_saved_is_loaded, make_bed, clear_bed),
		cmocka_unit_test_setup_teardown(test_another_clusters_record_is_not_taken, make_bed,
						clear_bed),
		cmocka_unit_test_setup_teardown(test_a_record_of_several_lines_is_refused, make_bed,
						clear_bed),
		cmocka_unit_test_setup_teardown(test_a_missing_directory_is_named, make_bed,
						clear_bed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
