/* SPDX-License-Identifier: PostgreSQL */
/* The templates are not compared with expected scripts: real shells run them, and
 * what counts is the argv that arrives. */
#include "bdrmon/template.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define OUTPUT_MAX 65536
#define PRINT      "printf '%%%%s\\0' begin "

struct bed {
	char directory[64];
	char output[OUTPUT_MAX];
	size_t length;
};

static const char *const shells[] = { "/bin/sh", "/bin/bash" };

static const char *const values[] = {
	"\"; touch PWNED; $(touch PWNED) '",
	"`touch PWNED`",
	"'`touch PWNED`'",
	"$(touch PWNED)",
	"x\ntouch PWNED\n",
	"; touch PWNED #",
	"&& touch PWNED || touch PWNED | touch PWNED",
	"*",
	"[a-z]* ?* ~ {a,b}",
	"-n",
	"",
	" \t\n ",
	"%n %e %% %s",
	"\\ \\\\ \\n \\' \\\" \\$(touch PWNED)",
	"\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89 \xff\xfe\xc3\xa4",
	"$BDRMON_EVENT ${PATH} $$ $'x'",
	"> PWNED",
	"!! ^a^b <<EOF",
	"a[$(touch PWNED)]",
	"host=10.0.0.2 dbname=bdr password='s p' user=x",
};

/* A context: a template around one placeholder, and how its argument begins and ends.
 * A split one gives the words of the value. */
static const struct surrounding {
	const char *before, *after;
	bool split;
	const char *argument_before, *argument_after;
} surroundings[] = {
	{ "", "", true, NULL, NULL },
	{ "\"", "\"", false, "", "" },
	{ "'", "'", false, "", "" },
	{ "\"a b\"", "\"c\"", true, "a b", "c" },
	{ "\"it's ", " `#'\"'`\"", false, "it's ", " " },
	{ "'say \"", "\" # \\'", false, "say \"", "\" # \\" },
	{ "'a'\"b ", " c\"'d'", false, "ab ", " cd" },
	{ "\\", "", false, "", "" },
	{ "\"\\", "\"", false, "\\", "" },
	{ "\"\\\\", "\"", false, "\\", "" },
	{ "\\\\\"", "\"", false, "\\", "" },
	{ "\"\\\"", "\\\"\"", false, "\"", "\"" },
	{ "'\\", "\\'", false, "\\", "\\" },
	{ "-f=\"", "\"", false, "-f=", "" },
	{ "$(: ')' \"(\")\"", "\"", false, "", "" },
	{ "${UNSET-\"}\"}\"", "\"", false, "}", "" },
	{ "$((1<<(2)))\"", "\"", false, "4", "" },
	{ "`echo '\"'`\"", "\"", false, "\"", "" },
	{ "$#\"", "\"", false, "0", "" },
	{ "# it's \"(`\n\"", "\"", false, NULL, NULL },
	{ "\\\n\"", "\"", false, "", "" },
	{ "%%n%%\"", "\"", false, "%n%", "" },
	{ "%r%\"", "\"%h%", false, "%r%", "%h%" },
	{ "x[1] \"", "\"", false, NULL, NULL },
};

/* The environment of one run: each variable has another value, so that none can stand
 * in for another one. */
struct environment {
	char memory[4096];
	char *list[PLACEHOLDERS + 2];
};

static const char *value_of(unsigned run, unsigned placeholder)
{
	return values[(run + placeholder) % ARRAY_LEN(values)];
}

static void fill_environment(struct environment *environment, unsigned run)
{
	struct strbuf memory = STRBUF(environment->memory);

	for (unsigned p = 0; p < PLACEHOLDERS; p++) {
		environment->list[p] = memory.text + memory.length;
		strbuf_printf(&memory, "%s=%s", placeholder_type((enum placeholder)p)->variable,
			      value_of(run, p));
		strbuf_add_char(&memory, '\0');
	}
	environment->list[PLACEHOLDERS] = memory.text + memory.length;
	strbuf_add(&memory, "PATH=/usr/bin:/bin");
	environment->list[PLACEHOLDERS + 1] = NULL;
	assert_false(memory.cut);
}

/* Run SCRIPT and keep what it prints. Gives its wait status. */
static int run_script(struct bed *bed, const char *shell, const char *script,
		      char *const environment[])
{
	char *arguments[] = { (char *)(uintptr_t)shell, (char[]) { "-c" },
			      (char *)(uintptr_t)script, NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	assert_int_equal(posix_spawn(&pid, shell, &actions, NULL, arguments, environment), 0);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	bed->length = 0;
	ssize_t got;
	while ((got = read(ends[0], bed->output + bed->length, OUTPUT_MAX - bed->length)) > 0)
		bed->length += (size_t)got;
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void add_argument(struct strbuf *expected, const char *text)
{
	strbuf_add_bytes(expected, text, strlen(text) + 1);
}

/* What the shell makes of TEXT without quotes between BEFORE and AFTER. */
static void add_words(struct strbuf *expected, const char *before, const char *value,
		      const char *after)
{
	static const char blanks[] = " \t\n";
	char copy[1024], *rest, *word;
	bool open = before[0] != '\0', ends_blank = false;

	strbuf_add(expected, before);
	snprintf(copy, sizeof copy, "%s", value);
	if (open && value[0] != '\0' && strchr(blanks, value[0]) != NULL) {
		strbuf_add_bytes(expected, "", 1);
		open = false;
	}
	if (value[0] != '\0')
		ends_blank = strchr(blanks, value[strlen(value) - 1]) != NULL;
	bool first = true;
	for (word = strtok_r(copy, blanks, &rest); word != NULL;
	     word = strtok_r(NULL, blanks, &rest)) {
		if (!first)
			strbuf_add_bytes(expected, "", 1);
		strbuf_add(expected, word);
		first = false;
		open = true;
	}
	if (open && ends_blank && !first) {
		strbuf_add_bytes(expected, "", 1);
		open = false;
	}
	strbuf_add(expected, after);
	if (open || after[0] != '\0')
		strbuf_add_bytes(expected, "", 1);
}

/* The arguments of one line: those of its surrounding between "begin" and "end". */
static void expect_line(const struct surrounding *surrounding, const char *value,
			struct strbuf *expected)
{
	const char *before = surrounding->argument_before, *after = surrounding->argument_after;

	before = before == NULL ? "" : before;
	after = after == NULL ? "" : after;
	add_argument(expected, "begin");
	if (strncmp(surrounding->before, "x[1] ", 5) == 0)
		add_argument(expected, "x[1]");
	if (surrounding->split) {
		add_words(expected, before, value, after);
	} else {
		strbuf_add(expected, before);
		strbuf_add(expected, value);
		add_argument(expected, after);
	}
	add_argument(expected, "end");
}

/* For $(...) and backquotes a shell starts a process; so there one placeholder stands for
 * all, which differ in their names only. */
static bool is_left_out(const struct surrounding *surrounding, unsigned placeholder)
{
	bool forks = strstr(surrounding->before, "$(:") != NULL ||
		     strstr(surrounding->before, "`echo") != NULL;
	return forks && placeholder != PLACEHOLDER_DETAILS;
}

/* One line of the template; a comment comes before the command. */
static void add_line(const struct surrounding *surrounding, unsigned placeholder,
		     struct strbuf *template)
{
	char letter = placeholder_type((enum placeholder)placeholder)->letter;
	const char *before = surrounding->before;

	if (before[0] == '#') {
		size_t length = strcspn(before, "\n") + 1;
		strbuf_add_bytes(template, before, length);
		before += length;
	}
	strbuf_printf(template, PRINT "%s%%%c%s end\n", before, letter, surrounding->after);
}

/* Say which line the first difference is in. */
static void fail_at(const struct bed *bed, const struct strbuf *expected, const char *shell)
{
	size_t at = 0, start = 0;
	unsigned arguments = 0;

	while (at < bed->length && at < expected->length && bed->output[at] == expected->text[at]) {
		if (bed->output[at++] == '\0') {
			start = at;
			arguments++;
		}
	}
	fail_msg("%s: argument %u is <%.*s>, expected <%s>", shell, arguments,
		 (int)(bed->length - start), bed->output + start, expected->text + start);
}

/* All surroundings and placeholders at once. Those that split are a script of their own:
 * only there file names are switched off. */
static void try_run(struct bed *bed, bool split, unsigned run)
{
	static char template[TEMPLATE_EXPANDED_MAX], script[TEMPLATE_EXPANDED_MAX];
	static char wanted[OUTPUT_MAX];
	struct strbuf text = STRBUF(template), expected = STRBUF(wanted);
	struct environment environment;
	struct error err;

	for (unsigned s = 0; s < ARRAY_LEN(surroundings); s++) {
		for (unsigned p = 0; p < PLACEHOLDERS && surroundings[s].split == split; p++) {
			if (is_left_out(&surroundings[s], p))
				continue;
			add_line(&surroundings[s], p, &text);
			expect_line(&surroundings[s], value_of(run, p), &expected);
		}
	}
	assert_false(text.cut || expected.cut);
	assert_int_equal(template_expand(template, script, &err), OK);
	fill_environment(&environment, run);
	for (unsigned i = 0; i < ARRAY_LEN(shells); i++) {
		if (access(shells[i], X_OK) != 0)
			continue;
		assert_int_equal(run_script(bed, shells[i], script, environment.list), 0);
		if (bed->length != expected.length ||
		    memcmp(bed->output, expected.text, bed->length) != 0)
			fail_at(bed, &expected, shells[i]);
		assert_int_equal(access("PWNED", F_OK), -1);
	}
}

static void every_value_arrives_as_itself_in_every_context(void **state)
{
	for (unsigned run = 0; run < ARRAY_LEN(values); run++) {
		try_run(*state, true, run);
		try_run(*state, false, run);
	}
}

/* repmgr's documentation, "Configuring the BDR failover command". */
static void the_documented_command_gets_its_five_arguments(void **state)
{
	struct bed *bed = *state;
	char template[512], script[TEMPLATE_EXPANDED_MAX];
	struct error err;
	FILE *program = fopen("bdr-pgbouncer.sh", "w");
	fputs("#!/bin/sh\nprintf '<%s>' \"$@\"\necho problem >&2\n", program);
	assert_int_equal(fclose(program), 0);
	assert_int_equal(chmod("bdr-pgbouncer.sh", 0700), 0);

	snprintf(template, sizeof template,
		 "%s/bdr-pgbouncer.sh %%n %%e %%s \"%%c\" \"%%a\" >> %s/bdr-failover.log 2>&1",
		 bed->directory, bed->directory);
	assert_int_equal(template_expand(template, script, &err), OK);
	char *environment[] = { (char[]) { "BDRMON_NODE_ID=2" },
				(char[]) { "BDRMON_EVENT=bdr_failover" },
				(char[]) { "BDRMON_SUCCESS=1" },
				(char[]) { "BDRMON_CONNINFO=host=a b=\"$(touch PWNED)\" *" },
				(char[]) { "BDRMON_NODE_NAME=" },
				(char[]) { "PATH=/usr/bin:/bin" },
				NULL };
	assert_int_equal(run_script(bed, "/bin/sh", script, environment), 0);
	assert_int_equal(bed->length, 0);

	char got[512] = "";
	FILE *log = fopen("bdr-failover.log", "r");
	assert_non_null(log);
	assert_true(fread(got, 1, sizeof got - 1, log) > 0);
	fclose(log);
	assert_string_equal(got, "<2><bdr_failover><1><host=a b=\"$(touch PWNED)\" *><>problem\n");
	assert_int_equal(access("PWNED", F_OK), -1);
}

static int enter_a_directory(void **state)
{
	struct bed *bed = calloc(1, sizeof *bed);
	assert_non_null(bed);
	strcpy(bed->directory, "/tmp/bdrmon-template-XXXXXX");
	assert_non_null(mkdtemp(bed->directory));
	assert_int_equal(chdir(bed->directory), 0);
	FILE *file = fopen("a-file-that-globs-find", "w");
	assert_non_null(file);
	fclose(file);
	*state = bed;
	return 0;
}

static int leave_the_directory(void **state)
{
	struct bed *bed = *state;
	unlink("a-file-that-globs-find");
	unlink("bdr-pgbouncer.sh");
	unlink("bdr-failover.log");
	unlink("PWNED");
	int failure = chdir("/");
	failure |= rmdir(bed->directory);
	free(bed);
	return failure;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_arrives_as_itself_in_every_context),
		cmocka_unit_test(the_documented_command_gets_its_five_arguments),
	};
	return cmocka_run_group_tests(tests, enter_a_directory, leave_the_directory);
}
