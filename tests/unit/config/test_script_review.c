/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/script_review.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* In the manner of the one that repmgr has published. */
static const char published[] =
	"#!/usr/bin/env bash\nset -e\n"
	"for HOST in $PGBOUNCER_HOSTS\ndo\n"
	"  psql -t -c \"pause\" -h $HOST -p $PGBOUNCER_PORT -U postgres pgbouncer\ndone\n"
	"  echo -e \"[databases]\\n\" > $PGBOUNCER_DATABASE_INI_NEW\n"
	"  psql -t -A -c \"SELECT 'x= ' || conninfo FROM repmgr.nodes WHERE active = TRUE\" >> $I\n"
	"  psql -t -c \"reload\" -h $HOST -U postgres pgbouncer\n"
	"  psql -t -c \"resume\" -h $HOST -U postgres pgbouncer\n";

static const struct {
	const char *text;
	bool repoints, published;
	const char *flaws; /* a digit each: enum script_flaw */
} cases[] = {
	{ published, true, true, "012345" },
	{ "", false, false, "" },
	{ "mail -s \"$1\" dba\n", false, false, "" },
	{ "# pgbouncer: reload\nlogger $1\n", false, false, "" },
	{ "systemctl reload apache\n", false, false, "" },
	{ "sed -i s/a/b/ /etc/pgbouncer/pgbouncer.ini; systemctl reload pgbouncer\n", true, false,
	  "02" },
	{ "psql -p 6432 pgbouncer -c RELOAD -c 'SHOW DATABASES'\n", true, false, "0" },
	{ "psql pgbouncer -c reload -c \"set server_login_retry='0'\" -c 'show servers'\n", true,
	  false, "" },
	{ "while read h; do timeout 2 psql -h $h pgbouncer -c reload; done\n", true, false, "02" },
	{ "while read h; do psql -h $h pgbouncer -c reload; done\n", true, false, "023" },
	{ "cat > $F <<EOF\n[databases]\nx = host=$1\nEOF\npsql pgbouncer -c reload\n", true, false,
	  "025" },
	{ "grep '[databases]' $F; psql pgbouncer -c reload\n", true, false, "02" },
	{ "psql pgbouncer -c reload # nobody paused here\n", true, false, "02" },
};

static void flaws_of_scripts_that_repoint_are_found(void **state)
{
	struct script_review review;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char flaws[SCRIPT_FLAWS + 1];
		struct strbuf out = STRBUF(flaws);
		script_review(cases[i].text, strlen(cases[i].text), &review);
		for (unsigned k = 0; k < SCRIPT_FLAWS; k++) {
			if (review.flaw[k])
				strbuf_add_char(&out, (char)('0' + (int)k));
		}
		if (review.repoints != cases[i].repoints ||
		    review.published != cases[i].published || strcmp(flaws, cases[i].flaws) != 0)
			fail_msg("case %zu: %d %d %s", i, review.repoints, review.published, flaws);
	}
}

static void any_bytes_are_borne(void **state)
{
	static const char bytes[] = "pgbouncer\0reload\xff\n\x80";
	struct script_review review;
	(void)state;

	for (size_t length = 0; length <= sizeof bytes; length++)
		script_review(bytes, length < sizeof bytes ? length : sizeof bytes, &review);
}

static void each_flaw_has_its_text(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SCRIPT_FLAWS; i++)
		assert_true(script_flaw_text((enum script_flaw)i)[0] != '\0');
}

static void our_own_script_has_no_flaw(void **state)
{
	struct script_review review;
	char path[PATH_TEXT_MAX];
	(void)state;

	assert_true(script_find(SOURCE_DIR "/tools/repoint-pgbouncer %n", path, &review));
	for (unsigned i = 0; i < SCRIPT_FLAWS; i++)
		assert_false(review.flaw[i]);
}

/* "%s" is where the script's path goes. */
static const struct {
	const char *command;
	bool found;
} commands[] = {
	{ "%s", true },
	{ "%s %%n %%e \"%%d\"", true },
	{ "'%s' %%n", true },
	{ "sudo -u postgres \"%s\" %%n >> /dev/null 2>&1", true },
	{ "/bin/true; %s", true },
	{ "(%s)", true },
	{ "/nowhere/x %%n", false },
	{ "/dev/zero /etc %%n", false },
	{ "/bin/true # %s", false },
	{ "/bin/true# %s", true },
	{ "", false },
	{ "x%s", false },
	{ "%s%%n", false },
};

static void the_script_is_found_where_the_command_names_it(void **state)
{
	char file[] = "/tmp/bdrmon-script-XXXXXX", command[PATH_TEXT_MAX], path[PATH_TEXT_MAX];
	struct script_review review;
	int fd = mkstemp(file);
	(void)state;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, published, strlen(published)), strlen(published));
	close(fd);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		struct strbuf out = STRBUF(command);
		const char *at = strstr(commands[i].command, "%s");
		for (const char *c = commands[i].command; *c != '\0'; c++) {
			if (c == at)
				strbuf_add(&out, file);
			if (c == at || (c[0] == '%' && c[1] == '%'))
				c++;
			if (c != at + 1)
				strbuf_add_char(&out, *c);
		}
		bool found = script_find(command, path, &review);
		if (found != commands[i].found || (found && strcmp(path, file) != 0))
			fail_msg("<%s>", command);
	}
	unlink(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flaws_of_scripts_that_repoint_are_found),
		cmocka_unit_test(any_bytes_are_borne),
		cmocka_unit_test(each_flaw_has_its_text),
		cmocka_unit_test(our_own_script_has_no_flaw),
		cmocka_unit_test(the_script_is_found_where_the_command_names_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
