/* SPDX-License-Identifier: PostgreSQL */
/* What a command may do on the way to the file. */
#include "../base/patience.h"
#include "place_bed.h"

static void a_banner_is_passed_over(void **state)
{
	static const char *const commands[] = {
		"echo welcome; echo warning >&2;",
		"printf 'no line feed';",
		"f() { \"$@\"; echo bye; printf '\\0\\377\\nbdrmon-1 won\\n'; }; f",
		"head -c 60000 /dev/zero; echo bdrmon-1 end;",
		"exec 2>&-;",
	};
	struct bed *bed = *state;

	for (unsigned i = 0; i < ARRAY_LEN(commands); i++) {
		use(bed, commands[i]);
		PUT(FILE_NAME, OLD);
		assert_done(bed, read_it(bed));
		assert_int_equal(bed->copy.length, strlen(OLD));
		assert_memory_equal(bed->copy.text, OLD, strlen(OLD));
		assert_done(bed, REPLACE(bed));
		assert_true(bed->end == REPLACED_WON && HOLDS(FILE_NAME, NEW));
	}
}

/* Each gets more than a socket holds, so that nobody reads some of it. */
static void what_went_wrong_is_said(void **state)
{
	static char large[PROXY_TEXT_MAX];
	static const struct {
		const char *command, *said;
	} cases[] = {
		{ "echo first; echo one >&2; echo ' no\troute ' >&2; exit 255;", ": no route" },
		{ "exit 255;", ": the command ended with exit code 255 and without an answer" },
		{ "kill -TERM $$;", ": the command was ended by signal 15" },
		{ "no-such-program", "no-such-program" },
		{ "echo 'bad password=geheim' >&2; exit 1;", "bad password=***" },
		{ "yes x | head -c 100000 >&2; echo last >&2; exit 1;", ": last" },
		{ "yes;", "the command writes too much" },
		{ "cat >/dev/null; exit 0;", "exit code 0 and without an answer" },
		{ "exec <&-; sleep 0.1; exit 3;", "exit code 3" },
		{ "sleep 5 & exit 4;",
		  "exit code 4" }, /* what holds the output is not waited for */
		{ "'", "" },
	};
	struct bed *bed = *state;

	assert_done(bed, read_it(bed));
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct instant begun = clock_now();
		use(bed, cases[i].command);
		assert_error(bed, replace_by(bed, large, sizeof large, FAR_US), cases[i].said);
		assert_non_null(strstr(bed->err.text, "could not replace file \"/"));
		assert_null(strstr(bed->err.text, "geheim"));
		assert_error(bed, read_it(bed), cases[i].said);
		assert_true(HOLDS(FILE_NAME, OLD));
		assert_true(ms_between(begun, clock_now()) < 5000);
	}
}

static void a_script_that_is_sent_back_is_no_answer(void **state)
{
	struct bed *bed = *state;

	assert_done(bed, read_it(bed));
	use(bed, "cat; echo; exit 0;");
	assert_error(bed, REPLACE(bed), "exit code 0 and without an answer");
	assert_error(bed, read_it(bed), "exit code 0 and without an answer");
}

/* The lock is held by all that it has started. */
static void the_deadline_ends_a_command_that_hangs_and_all_that_it_started(void **state)
{
	static const char *const commands[] = {
		"exec 9>alive; flock 9; sleep 1000;",
		"exec 9>alive; flock 9; (sleep 1000; :) | (trap '' TERM HUP; sleep 1000; :);",
		"exec 9>alive; flock 9; exec >&- 2>&- <&-; sleep 1000;",
		"exec 9>alive; flock 9; yes >&2;",
		"exec 9>alive; flock 9; cat; kill -STOP $$;",
	};
	struct bed *bed = *state;

	for (unsigned i = 0; i < ARRAY_LEN(commands) * 2; i++) {
		struct pg_wait wait = within(SOON_MS);
		bool stops = i % 2 == 1;
		struct instant begun = clock_now();
		use(bed, commands[i / 2]);
		wait.stop_fd = stops ? eventfd(1, 0) : -1;
		assert_int_equal(file_place_read(&bed->place, &wait, &bed->copy, &bed->err),
				 stops ? ERR_STOPPED : ERR_TIMEOUT);
		assert_true(ms_between(begun, clock_now()) < patience_ms(SOON_MS));
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		if (stops)
			close(wait.stop_fd);
		int lock = open("alive", O_RDWR | O_CREAT, 0600);
		alarm(5);
		assert_int_equal(flock(lock, LOCK_EX), 0);
		alarm(0);
		close(lock);
	}
}

static void what_arrives_late_changes_nothing(void **state)
{
	struct bed *bed = *state;

	assert_done(bed, read_it(bed));
	/* it keeps all for a while, and then passes it on */
	use(bed, "cat >kept; sleep 0.3; exec <kept;");
	assert_done(bed, replace_by(bed, NEW, strlen(NEW), 100000));
	assert_int_equal(bed->end, REPLACED_LATE);
	assert_true(HOLDS(FILE_NAME, OLD));
	/* and when it arrives we have long gone */
	use(bed, "");
	assert_done(bed, read_it(bed));
	use(bed, "exec 3<&0; setsid sh -c 'cat <&3 >kept; sleep 0.5; sh -s <kept >said; mv said "
		 "over' & sleep 1000;");
	assert_int_equal(replace_within(bed, 400000, within(SOON_MS)), ERR_TIMEOUT);
	for (int left = 1000; left > 0 && access("over", F_OK) != 0; left--)
		usleep(10000);
	char said[128] = "";
	FILE *over = fopen("over", "r");
	assert_non_null(over);
	assert_true(fread(said, 1, sizeof said - 1, over) > 0);
	fclose(over);
	assert_non_null(strstr(said, " late\n"));
	assert_true(HOLDS(FILE_NAME, OLD));
}

static void a_script_that_was_cut_on_its_way_does_nothing(void **state)
{
	struct bed *bed = *state;
	char command[64];
	unsigned tried = 0;

	assert_done(bed, read_it(bed));
	for (int left = 1; left < 400; left += left < 40 ? 1 : 40) {
		snprintf(command, sizeof command, "head -c -%d |", left);
		use(bed, command);
		enum status st = REPLACE(bed);
		if (left > 1) { /* the last line feed is not needed */
			assert_int_equal(st, ERR_SYSTEM);
			assert_true(HOLDS(FILE_NAME, OLD));
		} else if (st == OK) {
			PUT(FILE_NAME, OLD);
		}
		tried++;
	}
	assert_true(tried > 40);
}

static void a_tool_that_is_missing_is_named(void **state)
{
	static const char *const tools[] = { "base64", "cmp", "cp", "flock", "stat", "sync" };
	struct bed *bed = *state;

	assert_int_equal(system("mkdir tools; for t in base64 cmp cp flock head mv readlink rm sh"
				" stat sync; do ln -s \"$(command -v $t)\" tools; done"),
			 0);
	use(bed, "PATH=tools");
	assert_done(bed, read_it(bed));
	for (unsigned i = 0; i < ARRAY_LEN(tools); i++) {
		char from[64], said[64];
		snprintf(from, sizeof from, "tools/%s", tools[i]);
		snprintf(said, sizeof said, "%s(1) is missing there", tools[i]);
		assert_int_equal(rename(from, "away"), 0);
		assert_error(bed, REPLACE(bed), said);
		assert_int_equal(rename("away", from), 0);
	}
	assert_done(bed, REPLACE(bed));
	assert_int_equal(bed->end, REPLACED_WON);
}

static void the_command_for_ssh_is_made_of_a_target(void **state)
{
	static const struct {
		const char *target, *directory, *end; /* NULL: refused */
	} cases[] = {
		{ "pooler1", "/run/bdrmon", "-- 'pooler1'" },
		{ "me@pooler1", "/run/bdrmon", "-- 'me@pooler1'" },
		{ "ssh://me@pooler1:2222", "/run/bdrmon", "-- 'ssh://me@pooler1:2222'" },
		{ "a'; rm -rf /", "/run/bdrmon", "-- 'a'\\''; rm -rf /'" },
		{ "-oProxyCommand=x", "/run/bdrmon", NULL },
		{ "", "/run/bdrmon", NULL },
		{ "a\nb", "/run/bdrmon", NULL },
		{ "pooler1", "/run/%h", NULL },
		{ "pooler1", "/run/a b", NULL },
		{ "pooler1", "/run/${HOME}", NULL },
		{ "pooler1", "/0123456789012345678901234567890123456789012345678901234567890123456",
		  "-- 'pooler1'" },
		{ "pooler1",
		  "/01234567890123456789012345678901234567890123456789012345678901234567890",
		  NULL },
	};
	struct error err;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		char command[COMMAND_MAX] = "untouched";
		enum status st = file_place_ssh(cases[i].target, cases[i].directory, command, &err);
		assert_int_equal(st, cases[i].end == NULL ? ERR_CONFIG : OK);
		size_t length = strlen(command);
		size_t end = cases[i].end == NULL ? 0 : strlen(cases[i].end);
		if (end > 0)
			assert_string_equal(command + length - end, cases[i].end);
		else
			assert_string_equal(command, "untouched");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BED(a_banner_is_passed_over),
		WITH_BED(what_went_wrong_is_said),
		WITH_BED(a_script_that_is_sent_back_is_no_answer),
		WITH_BED(the_deadline_ends_a_command_that_hangs_and_all_that_it_started),
		WITH_BED(what_arrives_late_changes_nothing),
		WITH_BED(a_script_that_was_cut_on_its_way_does_nothing),
		WITH_BED(a_tool_that_is_missing_is_named),
		WITH_BED(the_command_for_ssh_is_made_of_a_target),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
