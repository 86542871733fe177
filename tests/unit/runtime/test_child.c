/* SPDX-License-Identifier: PostgreSQL */
#include "child_bed.h"

static void the_end_of_a_command_is_told(void **state)
{
	static const struct {
		const char *script;
		enum fate_kind end;
		int code;
	} cases[] = {
		{ "exit 0", FATE_EXITED, 0 },
		{ "exit 3", FATE_EXITED, 3 },
		{ "no-such-program", FATE_EXITED, 127 },
		{ "kill -KILL $$", FATE_SIGNALED, SIGKILL },
		{ "-x", FATE_EXITED, 127 }, /* is no option of the shell */
	};
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct run r = RUN;
		run(*state, cases[i].script, false, &r);
		assert_int_equal(r.result.fate.kind, cases[i].end);
		assert_int_equal(r.result.fate.code, cases[i].code);
	}
}

static void the_deadline_ends_the_whole_group(void **state)
{
	static const char *const scripts[] = {
		/* nobody obeys TERM, and some are grandchildren in a pipeline */
		"exec 9>alive; echo . >&9; trap '' TERM; (sleep 1000; :) | (sleep 1000; :) &"
		" echo >up; sleep 1000 | cat",
		/* the leader obeys, a grandchild does not */
		"exec 9>alive; echo . >&9; (trap '' TERM; echo >up; sleep 1000; :) & wait",
		/* it writes all the time */
		"exec 9>alive; echo . >&9; trap '' TERM; echo >up; yes",
		/* a grandchild has left the group, and its parent lives */
		"exec 9>alive; echo . >&9; trap '' TERM; (setsid sh -c 'trap \"\" TERM; echo >up;"
		" sleep 1000; :'; :) & sleep 1000; :",
		/* and here its parent is gone already */
		"exec 9>alive; echo . >&9; trap '' TERM; (setsid sh -c 'trap \"\" TERM; echo >up;"
		" sleep 1000; :' &); sleep 1000; :",
	};
	for (unsigned i = 0; i < ARRAY_LEN(scripts); i++) {
		struct bed *bed = *state;
		struct run r = { .deadline_ms = SOON_MS, .kill_after_ms = 200, .output_max = 100 };
		run(bed, scripts[i], true, &r);
		assert_int_equal(r.result.fate.kind, FATE_LATE);
		assert_true(r.took_ms >= SOON_MS + 200 && r.took_ms < 3 * (SOON_MS + 200));
		assert_int_equal(bed_await(bed->alive), '.');
		assert_int_equal(bed_await(bed->alive), '\n');
		assert_int_equal(bed_await(bed->alive), '\0');
	}
}

static void a_group_that_obeys_term_does_not_wait_for_kill(void **state)
{
	struct bed *bed = *state;
	struct run r = RUN;

	r.deadline_ms = SOON_MS;
	run(bed, "exec 9>alive; printf . >&9; sleep 1000 | sleep 1000 & echo >up; wait", true, &r);
	assert_int_equal(r.result.fate.kind, FATE_LATE);
	assert_true(r.took_ms >= SOON_MS && r.took_ms < 3 * SOON_MS);
	bed_await_death(bed);
}

/* It hides: it obeys nothing and has closed the output. It gets KILL with the rest. */
static void who_closed_the_output_is_killed_too(void **state)
{
	struct bed *bed = *state;
	struct run r = { .deadline_ms = SOON_MS, .kill_after_ms = 200, .output_max = 100 };

	run(bed,
	    "(exec 9>alive >/dev/null 2>&1; trap '' TERM; printf . >&9; echo >up; sleep 1000; :) &"
	    " wait",
	    true, &r);
	assert_int_equal(r.result.fate.kind, FATE_LATE);
	assert_true(r.took_ms < PATIENCE_MS);
	bed_await_death(bed);
}

static void what_a_command_in_time_leaves_behind_lives_on(void **state)
{
	struct bed *bed = *state;
	struct run r = RUN;

	/* In dash and bash, echo would die of SIGPIPE if nobody read the output. */
	run(bed, "(read x <gate; echo late; echo late; printf . >alive) & echo early", false, &r);
	assert_int_equal(r.result.fate.kind, FATE_EXITED);
	assert_true(r.took_ms < PATIENCE_MS);
	assert_int_equal(count_text(bed_log(bed), "test command: early"), 1);
	bed_release(bed);
	assert_int_equal(bed_await(bed->alive), '.');
}

static void at_a_stop_a_command_is_left_running(void **state)
{
	struct bed *bed = *state;
	struct run r = RUN;

	r.stop = true;
	run(bed, "echo >up; read x <gate; echo late; printf . >alive", true, &r);
	assert_int_equal(r.result.fate.kind, FATE_LEFT);
	assert_true(r.took_ms < PATIENCE_MS);
	bed_release(bed);
	assert_int_equal(bed_await(bed->alive), '.');
}

static void the_output_arrives_line_by_line(void **state)
{
	struct bed *bed = *state;
	struct run r = RUN;

	run(bed, "printf 'one\\ntwo\\r\\n\\nthree' >&2", false, &r);
	const char *log = bed_log(bed);
	assert_int_equal(count_text(log, "[INFO] test command: "), 4);
	assert_non_null(strstr(log, "[INFO] test command: one\n"));
	assert_non_null(strstr(log, "[INFO] test command: two\n"));
	assert_non_null(strstr(log, "[INFO] test command: \n"));
	assert_non_null(strstr(log, "[INFO] test command: three\n"));
	assert_int_equal(count_text(log, "dropped"), 0);
}

static void much_output_does_not_block_and_is_bounded(void **state)
{
	struct bed *bed = *state;
	struct run r = RUN;

	r.output_max = 1000;
	run(bed, "head -c 100000 /dev/zero | tr '\\0' x; echo; echo end >alive", false, &r);
	assert_int_equal(r.result.fate.kind, FATE_EXITED);
	assert_int_equal(r.result.fate.code, 0);
	const char *log = bed_log(bed);
	assert_int_equal(count_text(log, "x"), 1000);
	assert_non_null(strstr(log, "99001 more bytes of its output were dropped\n"));
}

static void a_long_line_becomes_several(void **state)
{
	struct bed *bed = *state;
	struct run r = RUN;

	run(bed, "seq -f %05.0f 1 20000 | tr '\\n' x", false, &r);
	const char *log = bed_log(bed);
	assert_int_equal(count_text(log, "x"), 20000);
	assert_int_equal(count_text(log, "test command: "), 6 * 20000 / LINE_MAX_LOGGED + 1);
}

static void output_cannot_steer_a_terminal(void **state)
{
	struct bed *bed = *state;
	struct run r = RUN;

	run(bed, "printf 'red \\033[31m'", false, &r);
	assert_non_null(strstr(bed_log(bed), "[INFO] test command: red ?[31m\n"));
}

static void a_child_gets_no_descriptor_of_ours(void **state)
{
	struct bed *bed = *state;
	struct run r = RUN;
	int careless = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */

	assert_true(careless > STDERR_FILENO);
	run(bed, "exec ls -l /proc/self/fd", false, &r);
	close(careless);
	const char *log = bed_log(bed);
	assert_int_equal(count_text(log, " -> "), 4); /* and ls's own, for the directory */
	assert_int_equal(count_text(log, "0 -> /dev/null"), 1);
	assert_int_equal(count_text(log, "pipe:"), 2);
}

static void a_child_has_its_own_group_and_no_signal_is_blocked(void **state)
{
	struct bed *bed = *state;
	struct run r = RUN;
	sigset_t set, old;
	char group[64];

	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, &old);
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	run(bed, "cut -d ' ' -f 5 /proc/$$/stat; exec grep -E '^Sig(Blk|Ign)' /proc/self/status",
	    false, &r);
	signal(SIGPIPE, before);
	sigprocmask(SIG_SETMASK, &old, NULL);
	const char *log = bed_log(bed);
	snprintf(group, sizeof group, "test command: %d\n", (int)r.result.process);
	assert_non_null(strstr(log, group));
	assert_non_null(strstr(log, "SigBlk: 0000000000000000"));
	/* glibc leaves its two internal signals, 32 and 33, ignored in any child. */
	const char *ignored = strstr(log, "SigIgn: ");
	assert_non_null(ignored);
	assert_int_equal(strtoull(ignored + strlen("SigIgn: "), NULL, 16) & ~0x180000000ULL, 0);
}

static void no_descriptor_leaks(void **state)
{
	unsigned before = count_descriptors();
	struct run r = RUN;

	for (unsigned i = 0; i < 10; i++)
		run(*state, "sleep 0.001 & echo x", false, &r);
	r.stop = true;
	run(*state, ":", false, &r);
	r.stop = false;
	r.deadline_ms = 1;
	run(*state, "sleep 1000", false, &r);
	assert_int_equal(r.result.fate.kind, FATE_LATE);
	assert_int_equal(count_descriptors(), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_end_of_a_command_is_told),
		TEST(the_deadline_ends_the_whole_group),
		TEST(a_group_that_obeys_term_does_not_wait_for_kill),
		TEST(who_closed_the_output_is_killed_too),
		TEST(what_a_command_in_time_leaves_behind_lives_on),
		TEST(at_a_stop_a_command_is_left_running),
		TEST(the_output_arrives_line_by_line),
		TEST(much_output_does_not_block_and_is_bounded),
		TEST(a_long_line_becomes_several),
		TEST(output_cannot_steer_a_terminal),
		TEST(a_child_gets_no_descriptor_of_ours),
		TEST(a_child_has_its_own_group_and_no_signal_is_blocked),
		TEST(no_descriptor_leaks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
