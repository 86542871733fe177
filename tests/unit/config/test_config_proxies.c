/* SPDX-License-Identifier: PostgreSQL */
/* What the sections [pgbouncer NAME] come to, for those who move the proxies. */
#include "config_file.h"

#include "bdrmon/lookup.h"

#define NODE2 "[node node2]\nnode_id=2\nconninfo=host=node2\n"
#define PROXY                                                                                      \
	"[pgbouncer one]\nconninfo=host=bouncer1\nfile=/etc/pgbouncer/databases.ini\n"             \
	"aliases=bdrtest\n"

static void each_section_is_a_proxy_with_its_values(void **state)
{
	(void)state;
	static struct config config;
	read_good(MINIMUM PROXY "ssh=postgres@bouncer1\nhome=node1\ndomain=rack\n"
				"[pgbouncer two]\nconninfo=host=bouncer2\nfile=/b\naliases=x\n"
				"command='docker exec -i bouncer2'\n",
		  &config);
	assert_int_equal(config.pgbouncers, 2);
	const struct pgbouncer_config *one = &config.pgbouncer[0], *two = &config.pgbouncer[1];
	assert_string_equal(one->name, "one");
	assert_string_equal(one->conninfo, "host=bouncer1");
	assert_string_equal(one->probe_conninfo, "");
	assert_string_equal(one->file, "/etc/pgbouncer/databases.ini");
	assert_string_equal(one->ssh, "postgres@bouncer1");
	assert_string_equal(one->command, "");
	assert_string_equal(one->home, "node1");
	assert_string_equal(one->domain, "rack");
	assert_int_equal(one->conninfo_line, 5);
	assert_int_equal(one->targets_line, 0);
	assert_string_equal(two->name, "two");
	assert_string_equal(two->ssh, "");
	assert_string_equal(two->command, "docker exec -i bouncer2");
	assert_string_equal(two->home, "");
}

static void aliases_are_a_list_in_which_blanks_do_not_matter(void **state)
{
	static const char *const written[] = {
		"a,b.c-d_E9,*",
		"'a, b.c-d_E9, *'",
		" , a ,, b.c-d_E9\t,*,",
		"\"a,b.c-d_E9,*\"",
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(written); i++) {
		static struct config config;
		char names[ALIASES_MAX][NAME_TEXT_MAX], text[512];
		snprintf(text, sizeof text,
			 MINIMUM "[pgbouncer one]\nconninfo=host=b\nfile=/f\naliases=%s\n",
			 written[i]);
		read_good(text, &config);
		assert_int_equal(config_aliases(&config.pgbouncer[0], names), 3);
		assert_string_equal(names[0], "a");
		assert_string_equal(names[1], "b.c-d_E9");
		assert_string_equal(names[2], "*");
	}
}

static void as_many_aliases_as_there_is_room_for_are_taken(void **state)
{
	static struct config config;
	char names[ALIASES_MAX][NAME_TEXT_MAX], text[4096];
	int length = snprintf(text, sizeof text, "%s",
			      MINIMUM "[pgbouncer one]\nconninfo=host=b\nfile=/f\naliases=");
	(void)state;
	for (unsigned i = 0; i < ALIASES_MAX; i++)
		length +=
			snprintf(text + length, sizeof text - (size_t)length, "%s%.60s%02u",
				 i > 0 ? "," : "",
				 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", i);
	text[length] = '\n';
	text[length + 1] = '\0';
	read_good(text, &config);
	assert_int_equal(config_aliases(&config.pgbouncer[0], names), ALIASES_MAX);
	assert_int_equal(strlen(names[ALIASES_MAX - 1]), 62);
}

/* Behind "targets=", and what follows for node1: its host, or NULL for nothing. */
static void a_target_is_where_the_proxy_reaches_the_node(void **state)
{
	static const struct {
		const char *written, *host, *port;
	} cases[] = {
		{ "''", NULL, NULL },
		{ "node2=b:1", NULL, NULL },
		{ "node1=a:1", "a", "1" },
		{ "node2=b:1, node1=10.0.0.1:65535", "10.0.0.1", "65535" },
		{ "'node1 = db-1.example.org:5432 '", "db-1.example.org", "5432" },
		{ "node1=[fd00::1]:5432", "fd00::1", "5432" },
		{ "node1=[fe80::1%eth0]:5432", "fe80::1%eth0", "5432" },
		{ "node1=/var/run/postgresql:5432,node2=b:1", "/var/run/postgresql", "5432" },
		{ "node2=a:1,node1=a:2", "a", "2" },
	};
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		static struct config config;
		char host[TARGET_HOST_MAX] = "before", port[TARGET_PORT_MAX] = "0", text[512];
		snprintf(text, sizeof text, MINIMUM NODE2 PROXY "targets=%s\n", cases[i].written);
		read_good(text, &config);
		bool given = config_target(&config.pgbouncer[0], "node1", host, port);
		assert_int_equal(given, cases[i].host != NULL);
		assert_string_equal(host, given ? cases[i].host : "before");
		assert_string_equal(port, given ? cases[i].port : "0");
	}
}

static void what_is_no_target_is_refused(void **state)
{
	static const char *const written[] = {
		"node1",       "node1=",        "node1=a",        "node1=a:",      "node1=:5",
		"node1=a:b",   "node1=a:1x",    "node1=a:-1",     "node1=a:65536", "node1=a:100000",
		"=a:1",        "node1=[]:1",    "node1=[::1:1",   "node1=[::1]",   "node1=[::1]1",
		"node1=a b:1", "node1=a(b:1",   "node1=a:1 b",    "node1 a:1",     "node1=a;b:1",
		"node1=$x:1",  "node1:a=b:1:2", "node1==[a]]:1",  "node1=a:1;",    "node1=a::1",
		"node1=a: 1",  "node1=[a b]:1", "node1=@abstr:1", "node1=%:1",     "node1=a:0",
	};
	static struct config config;
	static struct config_report report;
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(written); i++) {
		char text[512];
		snprintf(text, sizeof text, MINIMUM PROXY "targets=%s\n", written[i]);
		assert_int_equal(read_text(text, &config, &report), ERR_CONFIG);
		assert_int_equal(report.count, 1);
		if (!says(&report, "invalid value for parameter \"targets\""))
			fail_msg("%s: %s", written[i], report.message[0].text);
	}
}

/* repmgr.nodes may know it, and the file does not. */
static void a_node_without_a_section_may_have_any_name(void **state)
{
	static struct config config;
	static struct config_report report;
	(void)state;
	read_good(MINIMUM PROXY "home=elsewhere\ntargets=node1=a:1,elsewhere=b:1\n", &config);
	assert_int_equal(read_text(MINIMUM NODE2 PROXY "home=elsewhere\n", &config, &report),
			 ERR_CONFIG);
	read_good(MINIMUM NODE2 PROXY "home=node2\n", &config);
}

/* What is changed or added, and whether monitors that differ in it go by different rules. */
static void monitors_must_agree_on_what_they_decide_by(void **state)
{
	static const struct {
		const char *settings;
		bool shared;
	} cases[] = {
		{ PROXY, false },
		{ PROXY "domain=rack\n", true },
		{ PROXY "home=node1\n", true },
		{ PROXY "targets=node1=a:1\n", true },
		{ PROXY "ssh=bouncer1\n", false },
		{ PROXY "command=sudo\n", false },
		{ PROXY "probe_conninfo=user=x\n", false },
		{ "[pgbouncer one]\nconninfo=host=x\nfile=/x\naliases=bdrtest\n", false },
		{ "[pgbouncer one]\nconninfo=host=x\nfile=/x\naliases=bdrtest,b\n", true },
		{ "[pgbouncer two]\nconninfo=host=x\nfile=/x\naliases=bdrtest\n", true },
		{ PROXY "[pgbouncer two]\nconninfo=host=x\nfile=/x\naliases=b\n", true },
		{ "[failover]\nfailback=auto\n" PROXY, true },
		{ "[failover]\nkeep_together=on\n" PROXY, true },
		{ "", true },
	};
	static struct config config, other;
	(void)state;
	read_good(MINIMUM PROXY, &config);
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		char text[512];
		snprintf(text, sizeof text, MINIMUM "%s", cases[i].settings);
		read_good(text, &other);
		/* the cluster's name is that of the file, which is another one each time */
		bool differ = config_shared_hash(&config) != config_shared_hash(&other);
		if (differ != cases[i].shared)
			fail_msg("%s", cases[i].settings);
	}
}

/* Two long lists that differ at their end. */
static void no_end_of_a_list_is_left_out_of_what_must_agree(void **state)
{
	static struct config configs[2];
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		char text[2048];
		snprintf(text, sizeof text, MINIMUM "%s%1000s%u\n",
			 "[pgbouncer one]\nconninfo=host=b\nfile=/f\naliases=a,", "b", i);
		read_good(text, &configs[i]);
	}
	assert_int_not_equal(config_shared_hash(&configs[0]), config_shared_hash(&configs[1]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_section_is_a_proxy_with_its_values),
		cmocka_unit_test(aliases_are_a_list_in_which_blanks_do_not_matter),
		cmocka_unit_test(as_many_aliases_as_there_is_room_for_are_taken),
		cmocka_unit_test(a_target_is_where_the_proxy_reaches_the_node),
		cmocka_unit_test(what_is_no_target_is_refused),
		cmocka_unit_test(a_node_without_a_section_may_have_any_name),
		cmocka_unit_test(monitors_must_agree_on_what_they_decide_by),
		cmocka_unit_test(no_end_of_a_list_is_left_out_of_what_must_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
