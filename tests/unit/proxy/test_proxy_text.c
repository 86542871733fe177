/* SPDX-License-Identifier: PostgreSQL */
#include "proxy_cases.h"

#define PROBES                                                                                     \
	"bdrmon_probe_node1 = host=node1 port=5432 dbname=app pool_size=1 pool_mode=transaction\n" \
	"bdrmon_probe_node2 = host=node2 port=6543 dbname=app pool_size=1 pool_mode=transaction\n"
#define MARK12 MARK("12", "2", "1:5,2:0") "\n"

static const struct proxy_file wish = { .epoch = 12, .node = 1, .honoured = { 5, 0 } };

/* node2 is at port 6543. */
static const struct {
	const char *names, *text, *made;
} edits[] = {
	{ "app", "[databases]\napp = host=node1 port=5432\n",
	  "[databases]\n" MARK12 "app = host=node2 port=6543\n" PROBES },
	{ "app", "[databases]\napp = host=node1\n",
	  "[databases]\n" MARK12 "app = host=node2 port=6543\n" PROBES },
	{ "app", "app=dbname=app host = 'node1'  pool_size=9",
	  MARK12
	  "app=dbname=app host = 'node2' port=6543  pool_size=9\n"
	  "bdrmon_probe_node1 = host=node1 port=5432 dbname=app pool_size=1 pool_mode=transaction\n"
	  "bdrmon_probe_node2 = host=node2 port=6543 dbname=app pool_size=1 "
	  "pool_mode=transaction" },
	{ "app", "app = host='node1';dbname=app\n",
	  MARK12 "app = host='node2'; port=6543 dbname=app\n" PROBES },
	{ "app", "app = port='5432' host=NODE1\t\nweb = host=node1\n",
	  MARK12 "app = port='6543' host=node2\t\n" PROBES "web = host=node1\n" },
	/* what points there already stays as it is written */
	{ "app", "app = host=NODE2 port='06543'\n",
	  MARK12 "app = host=NODE2 port='06543'\n" PROBES },
	{ "app", "[databases] app = host=node1\n",
	  MARK12 "[databases] app = host=node2 port=6543\n" PROBES },
	/* an alias that a later one replaces, and that leads elsewhere */
	{ "app", "app = host=other\napp = host=node1\n",
	  MARK12 "app = host=other\napp = host=node2 port=6543\n" PROBES },
	/* the comment line goes where it belongs, and probes stay where they are */
	{ "app", "bdrmon_probe_node2=host=x\napp = host=node1\n; note\n" MARK("1", "1", "1:0,2:0"),
	  "bdrmon_probe_node2=host=node2 port=6543 dbname=app pool_size=1 "
	  "pool_mode=transaction\n" MARK12 "app = host=node2 port=6543\n"
	  "bdrmon_probe_node1 = host=node1 port=5432 dbname=app pool_size=1 "
	  "pool_mode=transaction\n; note" },
	{ "app web", "app = host=node1\nx = host=node1\nweb = host=node2 port=6543\ny =\n",
	  MARK12 "app = host=node2 port=6543\nx = host=node1\n"
		 "web = host=node2 port=6543\n" PROBES "y =\n" },
	/* who the probe is travels, how many they are and what they do first does not */
	{ "app",
	  "app = dbname='a b' user=u  password='it''s' host=node1 pool_size=5 "
	  "min_pool_size=1 "
	  "reserve_pool=2 max_db_connections=9 connect_query='select 1' auth_user=x "
	  "pool_mode=session\r\n",
	  MARK("12", "2", "1:5,2:0") "\r\n"
				     "app = dbname='a b' user=u  password='it''s' "
				     "host=node2 port=6543 pool_size=5 "
				     "min_pool_size=1 reserve_pool=2 max_db_connections=9 "
				     "connect_query='select 1' "
				     "auth_user=x pool_mode=session\r\n"
				     "bdrmon_probe_node1 = host=node1 port=5432 dbname='a "
				     "b' user=u password='it''s' "
				     "auth_user=x pool_size=1 pool_mode=transaction\r\n"
				     "bdrmon_probe_node2 = host=node2 port=6543 dbname='a "
				     "b' user=u password='it''s' "
				     "auth_user=x pool_size=1 pool_mode=transaction\r\n" },
	{ "* app", "* = host=node1 user=u\napp = host=node1\n",
	  MARK12 "* = host=node2 port=6543 user=u\napp = host=node2 port=6543\n" PROBES },
	{ "*", "* = host=node1 user=u\n",
	  MARK12 "* = host=node2 port=6543 user=u\n"
		 "bdrmon_probe_node1 = host=node1 port=5432 user=u dbname=postgres pool_size=1 "
		 "pool_mode=transaction\n"
		 "bdrmon_probe_node2 = host=node2 port=6543 user=u dbname=postgres "
		 "pool_size=1 pool_mode=transaction\n" },
};

static void an_edit_changes_host_and_port_and_adds_what_is_missing(void **state)
{
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		struct proxy_aliases aliases = aliases_of(edits[i].names, "5432", "6543");
		char made[MADE_MAX];
		size_t length;
		struct error err;
		if (proxy_text_edit(edits[i].text, strlen(edits[i].text), &aliases, &wish, made,
				    sizeof(made), &length, &err) != OK)
			fail_msg("%s: %s", edits[i].text, err.text);
		made[length] = '\0';
		assert_string_equal(made, edits[i].made);
	}
}

static void a_host_that_needs_quotes_gets_them(void **state)
{
	static const char text[] = "app = host=node1\n";
	static const char expected[] =
		MARK("12", "2", "1:5,2:0") "\napp = host='my node''s'\n"
					   "bdrmon_probe_node1 = host=node1 port=5432 dbname=app "
					   "pool_size=1 pool_mode=transaction\n"
					   "bdrmon_probe_node2 = host='my node''s' port=5432 "
					   "dbname=app pool_size=1 pool_mode=transaction\n";
	struct proxy_aliases aliases = aliases_of("app", "5432", "5432");
	struct proxy_said said;
	char made[MADE_MAX];
	size_t length;
	struct error err;
	(void)state;

	COPY_TEXT(aliases.target[1].host, "my node's");
	assert_int_equal(proxy_text_edit(text, strlen(text), &aliases, &wish, made, sizeof(made),
					 &length, &err),
			 OK);
	made[length] = '\0';
	assert_string_equal(made, expected);
	assert_int_equal(proxy_text_read(made, length, &aliases, &said, &err), OK);
	assert_int_equal(said.file.node, 1);
	assert_true(said.probes);
}

static void what_is_read_is_where_the_aliases_point_and_what_is_odd_about_it(void **state)
{
	static const struct {
		const char *names, *text;
		unsigned node;
		uint64_t epoch;
		const char *odd;
	} cases[] = {
		{ "app", "app = host=node1\n", 0, 0, "" },
		{ "app", "app = host=node1\n" MARK12, 0, 12,
		  "its aliases point to another node than the comment line of bdrmon says: "
		  "somebody has "
		  "changed them" },
		{ "app", "app = host=node2 port=6543\n" MARK12, 1, 12, "" },
		{ "app", "app = host=node2 port=6543\n" MARK("3", "2", "2:1,1:2") "\n" MARK12, 1,
		  12, "it has more than one comment line of bdrmon" },
		{ "app", "", NODES, 0, "alias \"app\" is missing" },
		{ "app", "[pgbouncer]\napp = host=node1\n", NODES, 0, "alias \"app\" is missing" },
		{ "app", "App = host=node1\n;app = host=node1\n", NODES, 0,
		  "alias \"app\" is missing" },
		{ "app web", "\n\nweb = host=node1\napp = host=node2\n", NODES, 0,
		  "line 4: alias \"app\" points to neither node" },
		{ "app", "app = host=node1\napp = host=other\n", NODES, 0,
		  "line 2: alias \"app\" points to neither node" },
		{ "app web", "app = host=node1\nweb = host=node2 port=6543\n", NODES, 0,
		  "its aliases point to different nodes" },
		/* a list, a unix socket, a tab that parts nothing, a word swallowed, double quotes
		 */
		{ "app", "app = host=node1,node2\n", NODES, 0,
		  "line 1: alias \"app\" points to neither node" },
		{ "app", "app =\n", NODES, 0, "line 1: alias \"app\" points to neither node" },
		{ "app", "app = host=node1\tport=5432\n", NODES, 0,
		  "line 1: alias \"app\" points to neither node" },
		{ "app", "app = host= port=5432\n", NODES, 0,
		  "line 1: alias \"app\" points to neither node" },
		{ "app", "app = host=\"node1\"\n", NODES, 0,
		  "line 1: alias \"app\" points to neither node" },
		{ "app", "app = host=node1 port=5433\n", NODES, 0,
		  "line 1: alias \"app\" points to neither node" },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct proxy_aliases aliases = aliases_of(cases[i].names, "5432", "6543");
		struct proxy_said said;
		struct error err;
		if (proxy_text_read(cases[i].text, strlen(cases[i].text), &aliases, &said, &err) !=
		    OK)
			fail_msg("%s: %s", cases[i].text, err.text);
		if (said.file.node != cases[i].node || said.file.epoch != cases[i].epoch ||
		    strcmp(said.odd, cases[i].odd) != 0)
			fail_msg("%s: node %u, <%s>", cases[i].text, said.file.node, said.odd);
		assert_false(said.probes);
	}
}

static void a_comment_line_that_is_damaged_counts_as_none(void **state)
{
	static const char *const lines[] = {
		"; bdrmon/1",
		"; bdrmon/1\tepoch=12 node=1 heeds=1:0,2:0",
		"; bdrmon/1 epoch= node=1 heeds=1:0,2:0",
		"; bdrmon/1 epoch=12 node=3 heeds=1:0,2:0",
		"; bdrmon/1 epoch=12 node=1 heeds=1:0,3:0",
		"; bdrmon/1 epoch=12 node=1 heeds=1:0",
		"; bdrmon/1 epoch=12 node=1 heeds=1:0,2:0,1:0",
		"; bdrmon/1 epoch=12 node=1 heeds=1:0,2:0x",
		"; bdrmon/1 epoch=12 node=1 heeds=1:0,2:",
		"; bdrmon/1 epoch=12 node=1",
		"; bdrmon/1 epoch=-12 node=1 heeds=1:0,2:0",
		"; bdrmon/1  epoch=12 node=1 heeds=1:0,2:0",
		"; bdrmon/1 epoch=18446744073709551616 node=1 heeds=1:0,2:0",
		"; bdrmon/1 epoch=12 node=4294967297 heeds=1:0,2:0",
	};
	struct proxy_aliases aliases = aliases_of("app", "5432", "5432");
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct proxy_said said;
		struct error err;
		char text[MADE_MAX];
		/* not behind a header: there it is none of ours */
		snprintf(text, sizeof(text), "app = host=node1\n [databases] %s\n\t%s \n", MARK12,
			 lines[i]);
		assert_int_equal(proxy_text_read(text, strlen(text), &aliases, &said, &err), OK);
		assert_false(said.marked);
		assert_int_equal(said.file.epoch, 0);
		assert_int_equal(said.file.node, 0);
		assert_string_equal(said.odd, "a comment line of bdrmon is damaged");
	}
}

static void a_comment_that_only_looks_like_ours_is_left_alone(void **state)
{
	static const char *const lines[] = { ";bdrmon/1 x", "; bdrmon/12 x", "# bdrmon/1 x",
					     "; bdrmon/2 x", ";; bdrmon/1 x" };
	struct proxy_aliases aliases = aliases_of("app", "5432", "5432");
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		char text[MADE_MAX], made[MADE_MAX];
		size_t length;
		struct error err;
		snprintf(text, sizeof(text), "app = host=node1\n%s\n", lines[i]);
		assert_int_equal(proxy_text_edit(text, strlen(text), &aliases, &wish, made,
						 sizeof(made), &length, &err),
				 OK);
		made[length] = '\0';
		assert_non_null(strstr(made, lines[i]));
	}
}

static void probe_aliases_count_only_if_both_point_to_their_nodes(void **state)
{
	static const struct {
		const char *text;
		bool probes;
	} cases[] = {
		{ "app = host=node1\n" PROBES, true },
		{ "app = host=node1\nbdrmon_probe_node1 = host=node1\n", false },
		{ "app = host=node1\nbdrmon_probe_node2 = host=node2 port=6543\n", false },
		{ "app = host=node1\n" PROBES "bdrmon_probe_node1 = host=node2 port=6543\n",
		  false },
		{ "app = host=node1\n" PROBES "bdrmon_probe_node2 = host=node2\n", false },
	};
	struct proxy_aliases aliases = aliases_of("app", "5432", "6543");
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct proxy_said said;
		struct error err;
		assert_int_equal(proxy_text_read(cases[i].text, strlen(cases[i].text), &aliases,
						 &said, &err),
				 OK);
		assert_int_equal(said.probes, cases[i].probes);
	}
}

static void an_edit_is_refused_that_would_change_nothing_or_too_much(void **state)
{
	static const struct {
		const char *names, *text, *error;
	} cases[] = {
		{ "app", "[databases]\n", "alias \"app\" is missing" },
		{ "app web", "app = host=node1\nweb = host=other\n",
		  "line 2: alias \"web\" points to neither node" },
		{ "app", "app = host=node1\n#\n\napp = host=node1 sslmode=require\n",
		  "line 4: PgBouncer knows no parameter \"sslmode\" here" },
	};
	struct proxy_aliases aliases;
	struct error err;
	char made[MADE_MAX];
	size_t length;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		aliases = aliases_of(cases[i].names, "5432", "5432");
		assert_int_equal(proxy_text_edit(cases[i].text, strlen(cases[i].text), &aliases,
						 &wish, made, sizeof(made), &length, &err),
				 ERR_CONFIG);
		assert_string_equal(err.text, cases[i].error);
		assert_true(err.hint[0] != '\0');
	}
	aliases = aliases_of("app", "5432", "5432");
	for (size_t size = 1; size < 200; size++) {
		assert_int_equal(proxy_text_edit("app = host=node1", 16, &aliases, &wish, made,
						 size, &length, &err),
				 ERR_CONFIG);
		assert_non_null(strstr(err.text, "larger than"));
	}
	COPY_TEXT(aliases.target[0].host, "node1\nx = host=y");
	assert_int_equal(proxy_text_edit("app = host=node2", 16, &aliases, &wish, made,
					 sizeof(made), &length, &err),
			 ERR_CONFIG);
}

static void a_file_that_is_too_large_is_refused(void **state)
{
	static char text[PROXY_TEXT_MAX + 1];
	struct proxy_aliases aliases = aliases_of("app", "5432", "5432");
	struct proxy_said said;
	struct error err;
	(void)state;

	memset(text, '\n', sizeof(text));
	memcpy(text, "app=host=node1", strlen("app=host=node1"));
	assert_int_equal(proxy_text_read(text, sizeof(text) - 1, &aliases, &said, &err), OK);
	assert_int_equal(proxy_text_read(text, sizeof(text), &aliases, &said, &err), ERR_CONFIG);
	assert_string_equal(err.text, "file is larger than 256 kB");
}

static void a_probe_alias_has_the_nodes_name_if_pgbouncer_takes_it(void **state)
{
	static const struct {
		const char *name, *alias;
	} cases[] = {
		{ "node2", "bdrmon_probe_node2" },
		{ "Node-2.example_x", "bdrmon_probe_Node-2.example_x" },
		{ "1", "bdrmon_probe_7" },
		{ "", "bdrmon_probe_7" },
		{ "node 2", "bdrmon_probe_7" },
		{ "node*", "bdrmon_probe_7" },
		{ "s\xc3\xbc"
		  "d",
		  "bdrmon_probe_7" },
		/* 63 bytes, and one more */
		{ "n2345678901234567890123456789012345678901234567890",
		  "bdrmon_probe_n2345678901234567890123456789012345678901234567890" },
		{ "n23456789012345678901234567890123456789012345678901", "bdrmon_probe_7" },
	};
	char alias[NAME_TEXT_MAX];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		proxy_probe_alias(cases[i].name, 7, alias);
		assert_string_equal(alias, cases[i].alias);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_edit_changes_host_and_port_and_adds_what_is_missing),
		cmocka_unit_test(a_host_that_needs_quotes_gets_them),
		cmocka_unit_test(what_is_read_is_where_the_aliases_point_and_what_is_odd_about_it),
		cmocka_unit_test(a_comment_line_that_is_damaged_counts_as_none),
		cmocka_unit_test(a_comment_that_only_looks_like_ours_is_left_alone),
		cmocka_unit_test(probe_aliases_count_only_if_both_point_to_their_nodes),
		cmocka_unit_test(an_edit_is_refused_that_would_change_nothing_or_too_much),
		cmocka_unit_test(a_file_that_is_too_large_is_refused),
		cmocka_unit_test(a_probe_alias_has_the_nodes_name_if_pgbouncer_takes_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
