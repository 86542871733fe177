/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/template.h"

#include "bdrmon/lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The placeholders whose letters are in LETTERS. */
static placeholder_set set_of(const char *letters)
{
	placeholder_set set = 0;
	for (unsigned i = 0; i < PLACEHOLDERS; i++) {
		if (strchr(letters, placeholder_type((enum placeholder)i)->letter) != NULL)
			set |= placeholder_bit((enum placeholder)i);
	}
	return set;
}

static void placeholders_outside_quotes_are_found_if_their_value_can_be_anything(void **state)
{
	static const struct {
		const char *template, *bare;
	} cases[] = {
		{ "", "" },
		{ "/x %n %e %s \"%c\" \"%a\" >> /tmp/l 2>&1", "" },
		{ "/x %n %e %s %t %d", "td" },
		{ "/x %n %e %s \"%t\" %d %c %a", "dca" },
		{ "/x %n %e %s \"%t\" \"%d\" %p", "p" },
		{ "/x '%d' \\%d \"a %d b\"", "" },
		{ "/x pre%dpost", "d" },
		{ "/x \"a\"%d'b'", "d" },
		{ "/x # %d", "" },
		{ "/x # %d\n/y %c", "c" },
		{ "/x %d; /y %c", "dc" },
		{ "/x %%d %r", "" },
		{ "RECORD=%d /x %n", "" },
		{ "A=1 RECORD=%d /x %c", "c" },
		{ "/x RECORD=%d", "d" },
		{ "/x && A=%d B=\"%c\" /y", "" },
		{ "1A=%d /x", "d" },
		{ "/x > /tmp/%a.log", "a" },
		{ "cat /x | /y %a", "a" },
		{ "(/x %a)", "a" },
	};
	struct template_review review;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		template_review(cases[i].template, &review);
		if (review.bare != set_of(cases[i].bare))
			fail_msg("<%s>: %x", cases[i].template, (unsigned)review.bare);
	}
}

/* The letters of the placeholders that are read again, and by whom first. */
static const struct {
	const char *template, *letters, *reader;
} read_again[] = {
	{ "ssh host /x %n %e %s", "", NULL }, /* the same to each reader */
	{ "ssh host /x %n \"%d\"", "d", "ssh" },
	{ "ssh -o BatchMode=yes postgres@host \"/x %n '%c' %a\"", "ca", "ssh" },
	{ "/usr/bin/ssh host '/x %d'", "d", "ssh" },
	{ "sudo -u postgres ssh host /x '%d'", "d", "ssh" },
	{ "sshpass -f /p ssh host /x '%d'", "d", "ssh" },
	{ "SSH=x ssh host /x '%d'", "d", "ssh" },
	{ "\"ssh\" host /x '%d'", "d", "ssh" },
	{ "s\\sh host /x '%d'", "d", "ssh" },
	{ "ssh host date; /x '%d'", "", NULL },
	{ "ssh host date\n/x '%d'", "", NULL },
	{ "ssh host date # no\n/x '%d'", "", NULL },
	{ "ssh host date && /x '%d'", "", NULL },
	{ "ssh host date | /x '%d'", "", NULL },
	{ "/x '%c'; ssh host /x '%d'", "d", "ssh" },
	{ "/x '%c' | ssh host /x", "", NULL },
	{ "(ssh host /x '%d')", "d", "ssh" },
	{ "if true; then ssh host /x '%d'; fi", "d", "ssh" },
	{ "/x ssh.log '%d'", "", NULL },
	{ "eval /x '%d'", "d", "eval" },
	{ "sh -c '/x %d'", "d", "sh" },
	{ "sh -c '/x \"$1\"' sh '%d'", "", NULL }, /* how it is done right */
	{ "/bin/bash -lc '/x %d'", "d", "bash" },
	{ "bash -euo pipefail -c '/x %d'", "d", "bash" },
	{ "bash -e -o pipefail -c '/x %d'", "d", "bash" },
	{ "bash -c'/x %d'", "d", "bash" },
	{ "bash /x.sh -event %e -conninfo '%c'", "", NULL },
	{ "bash /x.sh -c '%c'", "", NULL },
	{ "sudo sh -c \"/x '%d'\"", "d", "sh" },
	{ "su - postgres -c '/x %d'", "d", "su" },
	{ "su -c '/x %d' postgres", "d", "su" },
	{ "su postgres --command='/x %d'", "d", "su" },
	{ "su postgres --command '/x %d'", "d", "su" },
	{ "su -lc '/x %d' -s /bin/sh postgres", "d", "su" },
	{ "runuser -u postgres -- /x '%d'", "", NULL },
	{ "runuser -u postgres -- sh -c '/x %d'", "d", "sh" },
	{ "runuser -l postgres -c '/x %d'", "d", "runuser" },
	{ "su - postgres -c /y; sh -c '/x %a'", "a", "sh" },
	{ "psql -h h -d d -c \"insert into l values ('%d')\"", "d", "psql" },
	{ "psql -v d='%d' -f /x.sql", "", NULL },
	{ "docker exec db bash -c '/x %d'", "d", "bash" },
	{ "ssh a '%c'; su -c '%a'", "ca", "ssh" },
};

static void arguments_that_are_read_as_a_command_again_are_found(void **state)
{
	struct template_review review;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(read_again); i++) {
		template_review(read_again[i].template, &review);
		if (review.read_again != set_of(read_again[i].letters))
			fail_msg("<%s>: %x", read_again[i].template, (unsigned)review.read_again);
		if (read_again[i].reader == NULL)
			assert_null(review.reader);
		else
			assert_string_equal(review.reader, read_again[i].reader);
	}
}

/* repmgr's own documentation must not be warned of. */
static void the_documented_commands_are_clean(void **state)
{
	static const char *const templates[] = {
		"/path/to/bdr-pgbouncer.sh %n %e %s \"%c\" \"%a\" >> /tmp/bdr-failover.log 2>&1",
		"/path/to/some-script %n %e %s \"%t\" \"%d\"",
	};
	struct template_review review;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(templates); i++) {
		template_review(templates[i], &review);
		assert_int_equal(review.bare, 0);
		assert_int_equal(review.read_again, 0);
	}
}

/* Whatever the text: an end, and no placeholder that is not there. */
static void any_template_is_reviewed_to_its_end(void **state)
{
	static const char *const words[] = { "ssh ", "sh ", "-c ", "'", "\"", "%d", "%c", " ",  ";",
					     "#",    "\n",  "$(",  ")", "<<", "`",  "A=", "su " };
	uint32_t random = 1;
	(void)state;

	for (unsigned i = 0; i < 50000; i++) {
		char template[64] = "";
		struct template_review review;
		for (unsigned n = i % 12; n > 0; n--) {
			random = random * 1664525u + 1013904223u;
			strcat(template, words[(random >> 16) % ARRAY_LEN(words)]);
		}
		template_review(template, &review);
		placeholder_set there = 0;
		there |= strstr(template, "%d") != NULL ? set_of("d") : 0;
		there |= strstr(template, "%c") != NULL ? set_of("c") : 0;
		assert_int_equal((review.bare | review.read_again) & ~there, 0);
		assert_int_equal(review.reader != NULL, review.read_again != 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			placeholders_outside_quotes_are_found_if_their_value_can_be_anything),
		cmocka_unit_test(arguments_that_are_read_as_a_command_again_are_found),
		cmocka_unit_test(the_documented_commands_are_clean),
		cmocka_unit_test(any_template_is_reviewed_to_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
