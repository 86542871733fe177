/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/config/options.h"
#include "config_file.h"

#include "bdrmon/lookup.h"

#include <glob.h>

#define CANARY "hunter2"

/* What config_print() writes about the file PATH; for free(). NULL if it is refused. */
static char *printed(const char *path, enum config_format format)
{
	static struct config_report report;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	assert_non_null(out);
	enum status st = config_print(path, format, out, &report);
	fclose(out);
	if (st == OK)
		return text;
	assert_int_equal(length, 0);
	assert_true(report.errors > 0);
	free(text);
	return NULL;
}

static char *printed_text(const char *content, enum config_format format)
{
	char path[] = "/tmp/test_config_XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	close(fd);
	char *text = printed(path, format);
	unlink(path);
	assert_non_null(text);
	return text;
}

static void what_is_printed_reads_as_the_same_configuration(void **state)
{
	(void)state;
	static struct config config, again;
	static struct config_report report;
	glob_t found;
	unsigned compared = 0;

	assert_int_equal(chdir(SOURCE_DIR "/tests/golden/config/real"), 0);
	assert_int_equal(glob("*.ini", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *text = printed(found.gl_pathv[i], CONFIG_TEXT);
		if (text == NULL)
			continue;
		assert_int_equal(config_read(found.gl_pathv[i], &config, &report), OK);
		if (strstr(text, "***") == NULL) { /* a masked one is another one */
			read_good(text, &again);
			assert_string_equal(config.command, again.command);
			memset(config.file, 0, sizeof config.file);
			memset(config.cluster, 0, sizeof config.cluster);
			for (unsigned n = 0; n < NODES; n++)
				config.node[n].conninfo_line = again.node[n].conninfo_line;
			assert_memory_equal(&config, &again, sizeof config);
			compared++;
		}
		free(text);
	}
	assert_true(compared >= 40);
	globfree(&found);
}

static void each_option_is_printed_with_a_source(void **state)
{
	(void)state;
	static const char content[] = MINIMUM "[node b]\nnode_id=2\nconninfo=host=b\n"
					      "[pgbouncer b]\nconninfo=host=d\naliases=x\nfile=/x\n"
					      "[arbiter b]\nconninfo=host=c\n";
	char *text = printed_text(content, CONFIG_TEXT);
	char *json = printed_text(content, CONFIG_JSON);

	for (size_t i = 0; i < option_count; i++) {
		char line[128], object[256], named[64] = "";
		const char *section = options[i].section;
		snprintf(line, sizeof line, "\n%s = ", options[i].name);
		if (i > 0)
			assert_non_null(strstr(text, line));
		if (section_find(section)->named != NULL)
			snprintf(named, sizeof named, "\"%s\": \"b\", ", section);
		snprintf(object, sizeof object,
			 "{\"section\": \"%s\", %s\"name\": \"%s\", \"value\": ", section, named,
			 options[i].name);
		assert_non_null(strstr(json, object));
	}
	for (const char *c = text; (c = strstr(c, " = ")) != NULL; c++)
		assert_non_null(memmem(c, strcspn(c, "\n"), " # ", 3));
	free(text);
	free(json);
}

static void a_source_is_a_line_the_default_the_environment_or_a_computation(void **state)
{
	(void)state;
	static const char content[] =
		"node_id=1\n\nnode_name=node1\nconninfo=host=a\nmonitor_interval_secs=5\n"
		"[probe]\nstale=0\n[node b]\nnode_id=2\n\nconninfo=host=b\n";
	static const struct {
		const char *setting, *source;
	} cases[] = {
		{ "node_name = 'node1' ", ":3\n" },
		{ "monitor_interval_secs = 5s ", ":5\n" },
		{ "reconnect_attempts = 6 ", "# default\n" },
		{ "log_file = '' ", "# default\n" },
		{ "stale = 12s ", "# computed\n" },
		{ "name = 'node1' ", "# computed\n" },
		{ "state_directory = '/a' ", "# environment: STATE_DIRECTORY\n" },
		{ "runtime_directory = '/run/bdrmon' ", "# default\n" },
		{ "conninfo = 'host=b' ", ":11\n" },
		{ "priority = 100 ", "# default\n" },
	};
	setenv("STATE_DIRECTORY", "/a:/b", 1);
	setenv("RUNTIME_DIRECTORY", "", 1);
	char *text = printed_text(content, CONFIG_TEXT);
	unsetenv("STATE_DIRECTORY");
	unsetenv("RUNTIME_DIRECTORY");

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char start[128];
		snprintf(start, sizeof start, "\n%s", cases[i].setting);
		const char *line = strstr(text, start);
		if (line == NULL)
			fail_msg("%s is missing in\n%s", cases[i].setting, text);
		line++;
		const char *end = strchr(line, '\n') + 1;
		size_t length = strlen(cases[i].source);
		assert_true((size_t)(end - line) > length);
		if (strncmp(end - length, cases[i].source, length) != 0)
			fail_msg("%.*s", (int)(end - line), line);
	}
	free(text);
}

static void the_file_counts_for_more_than_the_environment(void **state)
{
	(void)state;
	setenv("STATE_DIRECTORY", "/a", 1);
	char *text = printed_text(MINIMUM "[monitor]\nstate_directory=/b\n", CONFIG_TEXT);
	unsetenv("STATE_DIRECTORY");
	assert_non_null(strstr(text, "state_directory = '/b' "));
	free(text);
}

static void without_a_local_node_none_is_printed(void **state)
{
	(void)state;
	char *text = printed_text("[monitor]\nlocal=none\n[node a]\nnode_id=1\nconninfo=host=a\n"
				  "[node b]\nnode_id=2\nconninfo=host=b\n",
				  CONFIG_TEXT);
	assert_null(strstr(text, "node_name"));
	assert_null(strstr(text, "data_directory"));
	assert_true(strstr(text, "node_id") > strstr(text, "[node a]"));
	free(text);
}

static void no_secret_is_printed_wherever_it_stands(void **state)
{
	(void)state;
	static const char *const conninfos[] = {
		"host=a password=hunter2",
		"\"host=a password='x hunter2'\"",
		"'host=a password=''x hunter2'''",
		"host=a password = 'a\\'hunter2'",
		"host=a sslpassword=hunter2",
		"postgresql://u:hunter2@a/d",
		"'postgresql://u:x hunter2@a/d'",
		"postgresql://u@a/d?password=hunter2&connect_timeout=2",
	};
	static const char *const commands[] = {
		"PGPASSWORD=hunter2 /x %n",
		"'psql \"host=a password=hunter2\" -c x'",
		"/x --password='a hunter2' %n",
		"/x postgresql://u:hunter2@a/d",
	};
	static const enum config_format formats[] = { CONFIG_TEXT, CONFIG_JSON };

	for (size_t i = 0; i < ARRAY_LEN(conninfos) * ARRAY_LEN(commands); i++) {
		char content[1024];
		const char *conninfo = conninfos[i % ARRAY_LEN(conninfos)];
		snprintf(content, sizeof content,
			 "node_id=1\nnode_name=node1\nconninfo=%s # %s\n"
			 "event_notification_command=%s\n"
			 "log_file=password=%s\n[node b]\nnode_id=2\nconninfo=%s x=y\n"
			 "[pgbouncer c]\nconninfo=%s\nprobe_conninfo=%s\naliases=x\nfile=/x\n"
			 "command=PASSWORD=%s sudo\n",
			 conninfo, CANARY, commands[i / ARRAY_LEN(conninfos)], CANARY,
			 conninfo[0] == '\'' || conninfo[0] == '"' ? "host=c password=" CANARY
								   : conninfo,
			 conninfo, conninfo, CANARY);
		for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
			char *text = printed_text(content, formats[f]);
			if (strstr(text, CANARY) != NULL)
				fail_msg("%s", text);
			assert_non_null(strstr(text, "***"));
			free(text);
		}
	}
}

/* Somebody has mixed up two lines, or a quote: no option's message gives it away. */
static void no_secret_is_shown_whatever_option_it_is_written_to(void **state)
{
	(void)state;
	static const char *const values[] = {
		"host=a password=hunter2",
		"'host=a password=hunter2'",
		"'password=hunter2' x",
		"'password=hunter2",
		"password=''hunter2",
		"postgresql://u:hunter2@a/d",
		"\"postgresql://u:hunter2@a/d\"",
	};
	static struct config config;
	static struct config_report report;

	for (size_t i = 0; i < option_count * ARRAY_LEN(values); i++) {
		const struct option *option = &options[i % option_count];
		const char *value = values[i / option_count];
		char content[1024];
		snprintf(content, sizeof content,
			 MINIMUM "[node b]\nnode_id=2\nconninfo=host=b\n[%s%s]\n%s = %s\n",
			 option->section, section_find(option->section)->named != NULL ? " c" : "",
			 option->name, value);
		if (option->section[0] == '\0')
			snprintf(content, sizeof content, MINIMUM "%s = %s\n", option->name, value);
		read_text(content, &config, &report);
		for (unsigned m = 0; m < report.count; m++) {
			assert_null(strstr(report.message[m].text, CANARY));
			assert_null(strstr(report.message[m].hint, CANARY));
		}
	}
}

static void a_refused_file_prints_nothing(void **state)
{
	(void)state;
	assert_null(printed("/nonexistent/repmgr.ini", CONFIG_TEXT));
	assert_null(printed(SOURCE_DIR "/tests/golden/config/empty.ini", CONFIG_JSON));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_printed_reads_as_the_same_configuration),
		cmocka_unit_test(each_option_is_printed_with_a_source),
		cmocka_unit_test(a_source_is_a_line_the_default_the_environment_or_a_computation),
		cmocka_unit_test(the_file_counts_for_more_than_the_environment),
		cmocka_unit_test(without_a_local_node_none_is_printed),
		cmocka_unit_test(no_secret_is_printed_wherever_it_stands),
		cmocka_unit_test(no_secret_is_shown_whatever_option_it_is_written_to),
		cmocka_unit_test(a_refused_file_prints_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
