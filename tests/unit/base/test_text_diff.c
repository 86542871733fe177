/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"
#include "bdrmon/text_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void add_lines(struct strbuf *out, char sign, struct text_lines lines)
{
	const char *line;
	size_t length;

	while (text_lines_next(&lines, &line, &length)) {
		strbuf_add_char(out, sign);
		strbuf_add_bytes(out, line, length);
		strbuf_add_char(out, '\n');
	}
}

static void add_change(void *argument, const struct text_change *change)
{
	struct strbuf *out = argument;

	strbuf_printf(out, "@%u,%u %u,%u\n", change->old.line, change->old.count, change->new.line,
		      change->new.count);
	add_lines(out, '-', change->old);
	add_lines(out, '+', change->new);
}

static void diff(const char *old, const char *new, struct strbuf *out)
{
	text_diff(text_lines_of(old, strlen(old)), text_lines_of(new, strlen(new)), add_change,
		  out);
}

static const struct {
	const char *old, *new, *diff;
} cases[] = {
	{ "", "", "" },
	{ "a\nb\n", "a\nb\n", "" },
	{ "a\n", "a", "" },
	{ "", "a\n", "@1,0 1,1\n+a\n" },
	{ "a\nb\n", "", "@1,2 1,0\n-a\n-b\n" },
	{ "a\nb\nc\n", "a\nB\nc\n", "@2,1 2,1\n-b\n+B\n" },
	{ "a\nc\n", "a\nb1\nb2\nc\n", "@2,0 2,2\n+b1\n+b2\n" },
	{ "a\nb1\nb2\nc\n", "a\nc\n", "@2,2 2,0\n-b1\n-b2\n" },
	{ "a\nb", "a\nb\nc", "@3,0 3,1\n+c\n" },
	{ "m1\na\nb\n", "m2\na\nb\np\n", "@1,1 1,1\n-m1\n+m2\n@4,0 4,1\n+p\n" },
	{ "a\r\nb\r\n", "a\r\nb\n", "@2,1 2,1\n-b\r\n+b\n" },
};

static void test_each_change_is_told_with_its_lines(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		char text[256] = "";
		struct strbuf out = STRBUF(text);
		diff(cases[i].old, cases[i].new, &out);
		assert_string_equal(text, cases[i].diff);
	}
}

/* The new text, made of the old one and the changes. */
struct patch {
	struct strbuf made;
	const char *copied;
};

static void apply(void *argument, const struct text_change *change)
{
	struct patch *patch = argument;

	strbuf_add_bytes(&patch->made, patch->copied, (size_t)(change->old.at - patch->copied));
	strbuf_add_bytes(&patch->made, change->new.at, change->new.length);
	patch->copied = change->old.at + change->old.length;
}

/* Many lines that are alike: where to go on is never clear. */
static void fill(char *text, unsigned lines, unsigned *seed)
{
	for (unsigned i = 0; i < lines; i++) {
		*seed = *seed * 1103515245U + 12345U;
		*text++ = (char)('a' + (*seed >> 16) % 3);
		*text++ = '\n';
	}
	*text = '\0';
}

static void test_the_changes_lead_from_one_text_to_the_other(void **state)
{
	(void)state;
	unsigned seed = 1;

	for (unsigned i = 0; i < 20000; i++) {
		char old[32], new[32], made[64] = "";
		fill(old, i % 11, &seed);
		fill(new, i % 13, &seed);
		struct patch patch = { STRBUF(made), old };
		text_diff(text_lines_of(old, strlen(old)), text_lines_of(new, strlen(new)), apply,
			  &patch);
		strbuf_add(&patch.made, patch.copied);
		assert_string_equal(made, new);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_change_is_told_with_its_lines),
		cmocka_unit_test(test_the_changes_lead_from_one_text_to_the_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
