/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/runtime/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A monitor that has just started does not know yet whether failures are recorded; what it
 * writes then comes late, and the node may have failed since. */
static void that_all_is_well_is_never_written_over_a_failure_that_may_be_recorded(void **state)
{
	(void)state;
	assert_int_equal(flag_write(FLAG_WELL, TABLES_UNKNOWN), WRITE_NOTHING);
	assert_int_equal(flag_write(FLAG_WELL, TABLES_MISSING), WRITE_ACTIVE);
	assert_int_equal(flag_write(FLAG_WELL, TABLES_THERE), WRITE_WELL);
}

static void what_has_been_decided_is_written_whatever_is_recorded(void **state)
{
	(void)state;
	for (enum bulletin_tables tables = TABLES_UNKNOWN; tables <= TABLES_THERE; tables++) {
		assert_int_equal(flag_write(FLAG_AS_IT_IS, tables), WRITE_NOTHING);
		assert_int_equal(flag_write(FLAG_ACTIVE, tables), WRITE_ACTIVE);
		assert_int_equal(flag_write(FLAG_FAILED, tables), WRITE_FAILED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			that_all_is_well_is_never_written_over_a_failure_that_may_be_recorded),
		cmocka_unit_test(what_has_been_decided_is_written_whatever_is_recorded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
