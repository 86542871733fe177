/* SPDX-License-Identifier: PostgreSQL */
/* golden.h - compare a text with a file of the repository. With WRITE_GOLDEN=1 in the
 * environment the file is written anew; look at the difference before committing it. */
#ifndef TEST_GOLDEN_H
#define TEST_GOLDEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GOLDEN_TEXT_MAX 131072

static inline void golden_read(const char *path, char text[GOLDEN_TEXT_MAX])
{
	FILE *file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s is missing", path);
	text[fread(text, 1, GOLDEN_TEXT_MAX - 1, file)] = '\0';
	fclose(file);
}

static inline void golden_compare(const char *path, const char *got)
{
	static char expected[GOLDEN_TEXT_MAX];

	if (getenv("WRITE_GOLDEN") != NULL) {
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fputs(got, file);
		fclose(file);
	}
	golden_read(path, expected);
	if (strcmp(got, expected) != 0)
		print_error("%s:\n%s", path, got);
	assert_string_equal(got, expected);
}

#endif
