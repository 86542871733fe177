/* SPDX-License-Identifier: PostgreSQL */
/* What template_expand() refuses, keeps and says; test_template.c runs the results. */
#include "bdrmon/template.h"

#include "bdrmon/lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_placeholder_in_a_construct_is_refused(void **state)
{
	static const struct {
		const char *template, *construct, *hint;
	} cases[] = {
		{ "x $(echo %n)", "$(...)", "$BDRMON_NODE_ID" },
		{ "x \"$(echo '%d')\"", "$(...)", "$BDRMON_DETAILS" },
		{ "x $(echo \")\" %d)", "$(...)", "$BDRMON_DETAILS" },
		{ "x $( (a); # )\n %d)", "$(...)", "$BDRMON_DETAILS" },
		{ "x `echo %e`", "`...`", "$BDRMON_EVENT" },
		{ "x \"`echo '\\` %e`\"", "`...`", "$BDRMON_EVENT" },
		{ "cat <<EOF\n%c\nEOF\n", "here-document", "$BDRMON_CONNINFO" },
		{ "cat <<-'EOF' | x %c", "here-document", "$BDRMON_CONNINFO" },
		{ "x $((%n + 1))", "((...))", "BDRMON_NODE_ID" },
		{ "x $(( (1) + %n ))", "((...))", "BDRMON_NODE_ID" },
		{ "((%s)) && x", "((...))", "BDRMON_SUCCESS" },
		{ "x $[%n]", "$[...]", "BDRMON_NODE_ID" },
		{ "x[%n]=1", "[...]", "BDRMON_NODE_ID" },
		{ "x[\"%n\"]=1", "[...]", "BDRMON_NODE_ID" },
		{ "x ${Y:%n}", "${...}", "BDRMON_NODE_ID" },
		{ "x \"${Y:-\"%n\"}\"", "${...}", "BDRMON_NODE_ID" },
		{ "x $'%n'", "$'...'", "BDRMON_NODE_ID" },
		{ "x $'\\' %n", "$'...'", "BDRMON_NODE_ID" },
		{ "x \"${Y#'}'}\" %n", "${...}", "BDRMON_NODE_ID" },
		{ "x $(case y in y) echo %n;; esac)", "$(case ...", "BDRMON_NODE_ID" },
		{ "x $(case y in z) esac) %n", "$(case ...", "BDRMON_NODE_ID" },
		{ "x $\\\n(echo %n)", "a line", "BDRMON_NODE_ID" },
		{ "cat <\\\n<EOF\n%n", "a line", "BDRMON_NODE_ID" },
	};
	char script[TEMPLATE_EXPANDED_MAX] = "untouched";
	struct error err;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		if (template_expand(cases[i].template, script, &err) != ERR_CONFIG)
			fail_msg("not refused: %s", cases[i].template);
		assert_non_null(strstr(err.text, cases[i].construct));
		assert_non_null(strstr(err.hint, cases[i].hint));
		assert_string_equal(script, "untouched");
	}
}

static void what_is_not_closed_is_refused(void **state)
{
	static const struct {
		const char *template, *shown;
	} cases[] = {
		{ "x 'y", "'...'" },    { "x \"%n", "\"...\"" },  { "x \"it's", "\"...\"" },
		{ "x `y", "`...`" },    { "x $(y", "$(...)" },    { "x $(y # )", "$(...)" },
		{ "x ${y", "${...}" },  { "x $((1)", "((...))" }, { "x it's %n", "'...'" },
		{ "x \\\\'", "'...'" },
	};
	char script[TEMPLATE_EXPANDED_MAX];
	struct error err;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		if (template_expand(cases[i].template, script, &err) != ERR_CONFIG)
			fail_msg("not refused: %s", cases[i].template);
		assert_non_null(strstr(err.text, cases[i].shown));
		assert_non_null(strstr(err.text, "is not closed"));
		assert_string_not_equal(err.hint, "");
	}
}

static void the_rest_of_the_template_stays_as_it_is(void **state)
{
	static const char *const same[] = {
		"",
		"/bin/true",
		"echo * %r %h %",
		"X=$(a 'b)' \"c)\" `d`) y ${Z:-'}'} \\' \\\" $$ $? # it's\n ls",
		"cat <<EOF | x\nit's \"not closed\nEOF\n",
		"x $(case $Y in a) b;; esac) it's",
		"if [ \"$X\" = y ]; then (cd z && ./w *) & fi",
		"case $X in a) b;; (c) d;; esac",
		"x \\",
		"x <<< \"$Y\"",
	};
	char script[TEMPLATE_EXPANDED_MAX];
	struct error err;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LEN(same); i++) {
		assert_int_equal(template_expand(same[i], script, &err), OK);
		assert_string_equal(script, same[i]);
	}
	assert_int_equal(template_expand("date +%%F ${X%%.*} \"100%%\"", script, &err), OK);
	assert_string_equal(script, "date +%F ${X%.*} \"100%\"");
}

static void file_names_are_switched_off_for_bare_placeholders_only(void **state)
{
	char script[TEMPLATE_EXPANDED_MAX];
	struct error err;
	(void)state;

	assert_int_equal(template_expand("x %n *", script, &err), OK);
	assert_string_equal(script, "set -f; x ${BDRMON_NODE_ID} *");
	assert_int_equal(template_expand("x \"%n\" '%p' *", script, &err), OK);
	assert_string_equal(script, "x \"${BDRMON_NODE_ID}\" ''\"${BDRMON_FORMER_ID}\"'' *");
}

static void bounds_are_reported(void **state)
{
	char script[TEMPLATE_EXPANDED_MAX], template[TEMPLATE_EXPANDED_MAX + 8];
	struct error err;
	(void)state;

	for (size_t length = 0; length + 2 < 4096; length += 2)
		memcpy(template + length, "%n", 3);
	assert_int_equal(template_expand(template, script, &err), ERR_FULL);

	/* One byte below the bound fits, with the prefix as without. */
	memset(template, 'x', sizeof template);
	template[TEMPLATE_EXPANDED_MAX - 1] = '\0';
	assert_int_equal(template_expand(template, script, &err), OK);
	assert_string_equal(script, template);
	template[TEMPLATE_EXPANDED_MAX - 1] = 'x';
	template[TEMPLATE_EXPANDED_MAX] = '\0';
	assert_int_equal(template_expand(template, script, &err), ERR_FULL);
	template[TEMPLATE_EXPANDED_MAX - 1] = '\0';
	memcpy(template, "%n ", 3);
	assert_int_equal(template_expand(template, script, &err), ERR_FULL);

	template[0] = '\0';
	for (unsigned i = 0; i < 100; i++)
		strcat(template, "$((");
	assert_int_equal(template_expand(template, script, &err), ERR_CONFIG);
	assert_non_null(strstr(err.text, "stand inside each other"));
}

/* No text, however odd, makes the reader fail its asserts or run past the end. */
static void any_template_is_read_to_its_end(void **state)
{
	static const char alphabet[] = "'\"`$(){}[]<\\#%n \nxcase";
	char script[TEMPLATE_EXPANDED_MAX], template[24];
	uint32_t random = 1;
	struct error err;
	(void)state;

	for (unsigned i = 0; i < 50000; i++) {
		size_t length = i % (sizeof template - 1);
		for (size_t c = 0; c < length; c++) {
			random = random * 1664525u + 1013904223u;
			template[c] = alphabet[(random >> 16) % (sizeof alphabet - 1)];
		}
		template[length] = '\0';
		enum status st = template_expand(template, script, &err);
		assert_true(st == OK || st == ERR_CONFIG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_placeholder_in_a_construct_is_refused),
		cmocka_unit_test(what_is_not_closed_is_refused),
		cmocka_unit_test(the_rest_of_the_template_stays_as_it_is),
		cmocka_unit_test(file_names_are_switched_off_for_bare_placeholders_only),
		cmocka_unit_test(bounds_are_reported),
		cmocka_unit_test(any_template_is_read_to_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
