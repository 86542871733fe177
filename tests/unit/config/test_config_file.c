/* SPDX-License-Identifier: PostgreSQL */
#include "config_file.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

/* repmgr's published configuration for BDR. */
static const char published[] =
	"# Node information\n"
	"node_id=1\n"
	"node_name='node1'\n"
	"conninfo='host=node1 dbname=bdrtest user=repmgr connect_timeout=2'\n"
	"data_directory='/var/lib/postgresql/data'\n"
	"replication_type='bdr'\n"
	"\n"
	"# Event notification configuration\n"
	"event_notifications=bdr_failover\n"
	"event_notification_command='/path/to/bdr-pgbouncer.sh %n %e %s \"%c\" \"%a\" >> "
	"/tmp/bdr-failover.log 2>&1'\n"
	"\n"
	"# repmgrd options\n"
	"monitor_interval_secs=5\n"
	"reconnect_attempts=6\n"
	"reconnect_interval=5\n";

/* Write TEXT with FRONT before and BACK behind each of its lines. */
static void dress(const char *text, const char *front, const char *back, char *to, size_t size)
{
	struct strbuf out = strbuf_over(to, size);
	for (const char *c = text; *c != '\0'; c++) {
		if (c == text || c[-1] == '\n')
			strbuf_add(&out, front);
		if (*c == '\n')
			strbuf_add(&out, back);
		strbuf_add_char(&out, *c);
	}
	assert_false(out.cut);
}

static void the_published_sample_means_what_repmgr_made_of_it(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;

	assert_int_equal(read_text(published, &config, &report), OK);
	assert_int_equal(report.count, 0);
	assert_int_equal(config.node[0].id, 1);
	assert_string_equal(config.node[0].name, "node1");
	assert_string_equal(config.node[0].conninfo,
			    "host=node1 dbname=bdrtest user=repmgr connect_timeout=2");
	assert_int_equal(config.node[0].conninfo_line, 4);
	assert_string_equal(config.node[0].data_directory, "/var/lib/postgresql/data");
	assert_string_equal(config.node[0].location, "default");
	assert_int_equal(config.node[0].priority, 100);
	assert_int_equal(config.node[1].id, 0);
	assert_string_equal(config.monitor, "node1");
	assert_int_equal(config.notify, event_bit(EVENT_BDR_FAILOVER));
	assert_string_equal(config.command, "/path/to/bdr-pgbouncer.sh %n %e %s \"%c\" \"%a\" >> "
					    "/tmp/bdr-failover.log 2>&1");
	assert_int_equal(config.probe.interval_ms, 5000);
	assert_int_equal(config.probe.stale_ms, 12000);
	assert_int_equal(config.failover.reconnect_attempts, 6);
	assert_int_equal(config.failover.reconnect_interval_ms, 5000);
	assert_int_equal(config.log_level, LOG_LEVEL_INFO);
}

static void the_sample_means_the_same_however_it_is_dressed(void **state)
{
	(void)state;
	static const struct {
		const char *front, *back;
	} dresses[] = {
		{ "        ", "" }, /* as it was published */
		{ "\t", "" },       { "", "\r" }, { "", "  \t" }, { "  ", " \r" },
	};
	static struct config plain, dressed;
	char text[4096];

	read_good(published, &plain);
	for (size_t i = 0; i < ARRAY_LEN(dresses); i++) {
		dress(published, dresses[i].front, dresses[i].back, text, sizeof text);
		read_good(text, &dressed);
		assert_memory_equal(&plain, &dressed, sizeof plain);
	}
}

static void a_mark_of_utf_8_and_a_missing_last_line_feed_change_nothing(void **state)
{
	(void)state;
	static struct config plain, other;
	char text[4096];

	read_good(published, &plain);
	snprintf(text, sizeof text, "\xef\xbb\xbf%s", published);
	read_good(text, &other);
	assert_memory_equal(&plain, &other, sizeof plain);

	snprintf(text, sizeof text, "%s", published);
	text[strlen(text) - 1] = '\0';
	read_good(text, &other);
	assert_memory_equal(&plain, &other, sizeof plain);
}

/* A file with a conninfo of LENGTH bytes. */
static const char *file_with_conninfo(size_t length, char *text, size_t size)
{
	struct strbuf out = strbuf_over(text, size);
	strbuf_add(&out, "node_id=1\nnode_name=node1\nconninfo='host=n1 options=");
	for (size_t i = strlen("host=n1 options="); i < length; i++)
		strbuf_add_char(&out, 'x');
	strbuf_add(&out, "'\npriority=7\n");
	assert_false(out.cut);
	return text;
}

static void a_conninfo_is_kept_whole_or_refused_but_never_cut(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	static char text[20000];
	static const size_t whole[] = { 186, 199, 200, 201, 300, 400, 1000, CONNINFO_MAX - 1 };

	for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
		read_good(file_with_conninfo(whole[i], text, sizeof text), &config);
		assert_int_equal(strlen(config.node[0].conninfo), whole[i]);
		assert_int_equal(config.node[0].priority, 7);
	}
	static const size_t refused[] = { CONNINFO_MAX, 5000 };
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		file_with_conninfo(refused[i], text, sizeof text);
		assert_int_equal(read_text(text, &config, &report), ERR_CONFIG);
		assert_int_equal(report.count, 1);
		assert_true(says(&report, ":3: value of parameter \"conninfo\" is too long"));
	}
}

static void a_command_of_5000_bytes_is_kept_whole(void **state)
{
	(void)state;
	static struct config config;
	static char text[20000];
	struct strbuf out = STRBUF(text);

	strbuf_add(&out, MINIMUM "event_notification_command='/x ");
	while (out.length < 5000)
		strbuf_add(&out, "word ");
	size_t length = out.length - strlen(MINIMUM "event_notification_command='");
	strbuf_add(&out, "'");
	read_good(text, &config);
	assert_int_equal(strlen(config.command), length);
}

static void a_line_that_is_too_long_is_one_error_and_later_lines_keep_their_numbers(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	static char text[40000];

	file_with_conninfo(30000, text, sizeof text);
	strcat(text, "priority=x\n");
	assert_int_equal(read_text(text, &config, &report), ERR_CONFIG);
	assert_int_equal(report.errors, 2);
	assert_non_null(strstr(report.message[0].text, ":3: line is longer than 8192 bytes"));
	assert_true(says(&report, ":5: invalid value for parameter \"priority\": \"x\""));
}

static void the_longest_line_is_read_with_each_kind_of_end(void **state)
{
	(void)state;
	static const char *const ends[] = { "", "\n", "\r\n" };
	static struct config config;
	static struct config_report report;
	static char text[20000];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct strbuf out = STRBUF(text);
		strbuf_add(&out, MINIMUM);
		size_t start = out.length;
		strbuf_add(&out, "promote_command=");
		while (out.length < start + 8192)
			strbuf_add_char(&out, 'x');
		strbuf_add(&out, ends[i]);
		assert_int_equal(read_text(text, &config, &report), OK);
	}
}

static void a_name_of_63_bytes_is_kept_whole_in_a_section_too(void **state)
{
	(void)state;
	static struct config config;
	char text[1000], name[NAME_TEXT_MAX];

	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	snprintf(text, sizeof text, MINIMUM "[node %s]\nnode_id=2\nconninfo=host=b\n", name);
	read_good(text, &config);
	assert_string_equal(config.node[1].name, name);
}

static void both_nodes_come_from_sections_when_none_is_local(void **state)
{
	(void)state;
	static struct config config;
	char host[NAME_TEXT_MAX];

	read_good("[monitor]\nlocal=none\n"
		  "[node a]\nnode_id=7\nconninfo=host=a\n"
		  "[node b]\nnode_id=8\nconninfo=host=b\nlocation=west\n",
		  &config);
	assert_true(config.local_none);
	assert_int_equal(config.node[0].id, 7);
	assert_string_equal(config.node[0].name, "a");
	assert_int_equal(config.node[0].conninfo_line, 5);
	assert_string_equal(config.node[0].location, "default");
	assert_int_equal(config.node[1].id, 8);
	assert_string_equal(config.node[1].location, "west");
	assert_int_equal(gethostname(host, sizeof host), 0);
	assert_string_equal(config.monitor, host);
}

static void the_value_that_stands_last_wins_in_repmgrs_part(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	assert_int_equal(read_text(MINIMUM "priority=5\npriority=6\n", &config, &report), OK);
	assert_int_equal(config.node[0].priority, 6);
	assert_int_equal(report.warnings, 1);
}

static void booleans_are_read_in_each_spelling(void **state)
{
	(void)state;
	static const char *const words[] = { "off",  "on", "No", "YES", "False",
					     "true", "0",  "1",  "'0'", "'1'" };
	static struct config config;
	char text[500];

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		snprintf(text, sizeof text, MINIMUM "[failover]\nfast_failover = %s\n", words[i]);
		read_good(text, &config);
		assert_int_equal(config.failover.fast, i % 2);
	}
}

static void act_on_is_a_list_of_faults(void **state)
{
	(void)state;
	static const struct {
		const char *list;
		outcome_set set;
	} good[] = {
		{ "", 0 },
		{ "''", 0 },
		{ "denied", 1 << OUTCOME_DENIED },
		{ "'denied, read-only'", 1 << OUTCOME_DENIED | 1 << OUTCOME_READ_ONLY },
		{ "denied,denied,", 1 << OUTCOME_DENIED },
		{ "'denied','not-bdr' # both", 1 << OUTCOME_DENIED | 1 << OUTCOME_NOT_BDR },
		{ "\"too-many-connections\"", 1 << OUTCOME_TOO_MANY_CONNECTIONS },
	};
	static struct config config;
	char text[500];

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		snprintf(text, sizeof text, MINIMUM "[failover]\nact_on = %s\n", good[i].list);
		read_good(text, &config);
		assert_int_equal(config.failover.act_on, good[i].set);
	}
}

/* What counts as failed anyway, or never, cannot be asked for. */
static void act_on_takes_each_fault_and_no_other_outcome(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	char text[500];

	for (unsigned i = 0; i < OUTCOMES; i++) {
		enum outcome outcome = (enum outcome)i;
		bool fault = outcome_class(outcome) == CLASS_FAULT;
		snprintf(text, sizeof text, MINIMUM "[failover]\nact_on = %s\n",
			 outcome_name(outcome));
		assert_int_equal(read_text(text, &config, &report), fault ? OK : ERR_CONFIG);
		if (fault) {
			assert_int_equal(config.failover.act_on, outcome_bit(outcome));
			continue;
		}
		assert_true(says(&report, ":5: invalid value for parameter \"act_on\""));
		for (unsigned f = 0; f < OUTCOMES; f++) {
			if (outcome_class((enum outcome)f) == CLASS_FAULT)
				assert_non_null(strstr(report.message[0].hint,
						       outcome_name((enum outcome)f)));
		}
	}
}

static void the_cluster_is_named_after_the_file(void **state)
{
	(void)state;
	static const struct {
		const char *file, *cluster;
	} cases[] = {
		{ "east.ini", "east" },
		{ "east.west.conf", "east.west" },
		{ "east", "east" },
		{ ".ini", ".ini" },
	};
	static struct config config;
	static struct config_report report;
	char folder[] = "/tmp/test_config_XXXXXX", path[256];

	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(path, sizeof path, "%s/%s", folder, cases[i].file);
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fputs(MINIMUM, file);
		fclose(file);
		assert_int_equal(config_read(path, &config, &report), OK);
		assert_string_equal(config.cluster, cases[i].cluster);
		assert_string_equal(config.file, path);
		unlink(path);
	}
	rmdir(folder);
}

static void the_default_path_is_the_file_that_is_there(void **state)
{
	(void)state;
	char folder[] = "/tmp/test_config_XXXXXX";
	if (access("/etc/bdrmon/repmgr.ini", F_OK) == 0)
		skip();
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	const char *path = config_default_path();
	assert_true(path == NULL || strcmp(path, "/etc/repmgr.conf") == 0);
	fclose(fopen("repmgr.ini", "w"));
	assert_string_equal(config_default_path(), "./repmgr.ini");
	unlink("repmgr.ini");
	rmdir(folder);
}

static void each_type_of_replication_is_the_kind_to_look_for(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum repl_kind kind;
	} cases[] = {
		{ "", REPL_NONE },
		{ "replication_type=auto\n", REPL_NONE },
		{ "replication_type=bdr\n", REPL_NONE },
		{ "replication_type=pglogical\n", REPL_PGLOGICAL },
		{ "replication_type=logical\n", REPL_LOGICAL },
		{ "replication_type=spock\n", REPL_SPOCK },
	};
	static struct config config;
	static struct config_report report;
	char text[256];

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct strbuf out = STRBUF(text);
		strbuf_printf(&out, MINIMUM "%s", cases[i].line);
		assert_int_equal(read_text(text, &config, &report), OK);
		assert_int_equal(config_repl_kind(&config), cases[i].kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_sample_means_what_repmgr_made_of_it),
		cmocka_unit_test(each_type_of_replication_is_the_kind_to_look_for),
		cmocka_unit_test(the_sample_means_the_same_however_it_is_dressed),
		cmocka_unit_test(a_mark_of_utf_8_and_a_missing_last_line_feed_change_nothing),
		cmocka_unit_test(a_conninfo_is_kept_whole_or_refused_but_never_cut),
		cmocka_unit_test(a_command_of_5000_bytes_is_kept_whole),
		cmocka_unit_test(
			a_line_that_is_too_long_is_one_error_and_later_lines_keep_their_numbers),
		cmocka_unit_test(the_longest_line_is_read_with_each_kind_of_end),
		cmocka_unit_test(a_name_of_63_bytes_is_kept_whole_in_a_section_too),
		cmocka_unit_test(both_nodes_come_from_sections_when_none_is_local),
		cmocka_unit_test(the_value_that_stands_last_wins_in_repmgrs_part),
		cmocka_unit_test(booleans_are_read_in_each_spelling),
		cmocka_unit_test(act_on_is_a_list_of_faults),
		cmocka_unit_test(act_on_takes_each_fault_and_no_other_outcome),
		cmocka_unit_test(the_cluster_is_named_after_the_file),
		cmocka_unit_test(the_default_path_is_the_file_that_is_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
