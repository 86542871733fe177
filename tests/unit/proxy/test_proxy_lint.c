/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/proxy_lint.h"

#include "proxy_cases.h"

static const char *const nodes[NODES] = { "node1", "node2" };

static struct proxy_setup setup_of(void)
{
	return (struct proxy_setup) {
		.name = "p1",
		.place.file = "/etc/pgbouncer/databases.ini",
		.aliases = aliases_of("app", "5432", "5433"),
		.eyes.health = { .attempts = 6, .attempt_interval_ms = 10000 },
		.move = { .retest_ms = 100, .write_window_ms = 500, .test_ms = 2000 },
		.interval_ms = 2000,
	};
}

/* A proxy of which there is nothing to say. */
static struct lint_facts facts_of(void)
{
	struct lint_facts facts = {
		.answers = true,
		.setting = { [LINT_LOGIN_RETRY] = 1,
			     [LINT_CONNECT_TIMEOUT] = 2,
			     [LINT_TCP_USER_TIMEOUT] = 3000,
			     [LINT_QUERY_WAIT] = 120 },
		.probes = true,
		.said = { .probes = true },
	};

	for (unsigned i = 0; i < NODES; i++) {
		struct lint_test *test = &facts.test[i];
		snprintf(test->alias, sizeof test->alias, "bdrmon_probe_%s", nodes[i]);
		test->says = true;
		test->outcome = OUTCOME_OK;
	}
	return facts;
}

static void one(struct lint_facts *f, struct proxy_setup *s)
{
	(void)f;
	(void)s;
}

#define CASE(name, ...)                                                                            \
	static void name(struct lint_facts *f, struct proxy_setup *s)                              \
	{                                                                                          \
		(void)f;                                                                           \
		(void)s;                                                                           \
		__VA_ARGS__;                                                                       \
	}

/* What the proxy says when its console does not. */
static void silent(struct lint_facts *f, const char *reason)
{
	*f = (struct lint_facts) { .route = NODES, .said = f->said };
	snprintf(f->reason, sizeof f->reason, "%s", reason);
}

static void says_nothing(struct lint_facts *f, const char *reason)
{
	f->test[1].says = false;
	f->test[1].outcome = OUTCOME_DENIED;
	snprintf(f->test[1].reason, sizeof f->test[1].reason, "%s", reason);
}

CASE(refused_console, silent(f, "FATAL: not allowed"))
CASE(password, silent(f, "FATAL: password authentication failed"))
CASE(no_console, silent(f, "Connection refused"))
CASE(looker, f->read_only = true)
CASE(unread, f->file = ERR_SYSTEM; f->said = (struct proxy_said) { .file.node = NODES };
     strcpy(f->file_reason, "could not open"))
CASE(unread_there, unread(f, s); strcpy(s->place.command, "ssh x"))
CASE(closed, strcpy(f->closed, "directory \"/etc/\": Permission denied"))
CASE(unloadable, f->file = ERR_CONFIG; f->said = (struct proxy_said) { .file.node = NODES };
     strcpy(f->file_reason, "line 3: PgBouncer knows no parameter \"sslmode\" here"))
CASE(neither, f->route = NODES; strcpy(f->odd, "there is no alias \"app\""))
CASE(file_neither, f->said.file.node = NODES; strcpy(f->said.odd, "alias \"app\" is missing"))
CASE(differs, f->said.file.node = 1)
CASE(probes_not_loaded, f->probes = false)
CASE(odd, strcpy(f->said.odd, "a comment line of bdrmon is damaged"))
CASE(no_probes, f->probes = f->said.probes = false; f->test[1] = (struct lint_test) { 0 })
CASE(no_such_database, says_nothing(f, "FATAL: no such database: bdrmon_probe_node2"))
CASE(no_entry, says_nothing(f, "no pg_hba.conf entry for host"))
CASE(down, says_nothing(f, "server login has been failing"); f->test[1].says = true)
CASE(loopback, strcpy(s->aliases.target[1].host, "127.0.0.1"); strcpy(f->host, "pooler1"))
CASE(loopback_here, strcpy(s->aliases.target[1].host, "localhost"); strcpy(f->host, "/run"))
CASE(retry_15, f->setting[LINT_LOGIN_RETRY] = 15)
CASE(retry_low, f->setting[LINT_LOGIN_RETRY] = 0.2)
CASE(retry_0, f->setting[LINT_LOGIN_RETRY] = 0)
CASE(connect_15, f->setting[LINT_CONNECT_TIMEOUT] = 15)
CASE(connect_5, f->setting[LINT_CONNECT_TIMEOUT] = 5)
CASE(tcp_0, f->setting[LINT_TCP_USER_TIMEOUT] = 0)
CASE(tcp_none, f->setting[LINT_TCP_USER_TIMEOUT] = -1)
CASE(wait_0, f->setting[LINT_QUERY_WAIT] = 0)
CASE(wait_59, f->setting[LINT_QUERY_WAIT] = 59)
CASE(wait_60, f->setting[LINT_QUERY_WAIT] = 60)
CASE(wait_of_patience, s->eyes.health.attempts = 31)

static const struct {
	void (*make)(struct lint_facts *f, struct proxy_setup *s);
	bool error;
	const char *text, *hint; /* parts of them; NULL: nothing is found */
} cases[] = {
	{ one, false, NULL, NULL },
	{ refused_console, true, "cannot be used: FATAL: not allowed", "\"admin_users\"" },
	{ password, true, "cannot be used: FATAL: password", "\"auth_file\"" },
	{ no_console, true, "cannot be used: Connection refused",
	  "must lead to its admin console" },
	{ looker, true, "may look, but not give orders", "not only in \"stats_users\"" },
	{ unread, true, "its file cannot be read: could not open", "must be allowed to read" },
	{ unread_there, true, "its file cannot be read: could not open",
	  "Run the command by hand" },
	{ closed, true, "cannot be replaced: directory \"/etc/\"", "write into that directory" },
	{ unloadable, true,
	  "would refuse its file \"/etc/pgbouncer/databases.ini\": line 3: ", "Mend that line." },
	{ neither, true, "what runs in it points to no single node: there is no alias \"app\"",
	  "host=node1 port=5432 (node \"node1\"), or all host=node2 port=5433 (node \"node2\")" },
	{ file_neither, true, "points to no single node: alias \"app\" is missing",
	  "set \"targets\" in section [pgbouncer p1]" },
	{ differs, false, "points to node \"node1\", but its file", "RELOAD it." },
	{ probes_not_loaded, false, "has the probe aliases, but what runs does not", "RELOAD it." },
	{ odd, false, "a comment line of bdrmon is damaged", "anew" },
	{ no_probes, false, "it has no probe aliases", "\"bdrmon pgbouncer adopt p1\" adds" },
	{ no_such_database, true,
	  "alias \"bdrmon_probe_node2\" says nothing of node \"node2\": ", "RELOAD it" },
	{ no_entry, true, "says nothing of node \"node2\": no pg_hba.conf", "on both nodes" },
	{ down, false, "node \"node2\" does not answer through its alias", "" },
	{ loopback, false, "would reach node \"node2\" as \"127.0.0.1\"", "Set \"targets\"" },
	{ loopback_here, false, NULL, NULL },
	{ retry_15, false, "its server_login_retry is 15 s: after a crash",
	  "Write \"server_login_retry = 1\"" },
	{ retry_low, false, NULL, NULL },
	{ retry_0, false, "its server_login_retry is 0 s", "Write \"server_login_retry = 1\"" },
	{ connect_15, false, "its server_connect_timeout is 15 s",
	  "\"server_connect_timeout = 2\"" },
	{ connect_5, false, NULL, NULL },
	{ tcp_0, false, "its tcp_user_timeout is 0 ms", "\"tcp_user_timeout = 3000\"" },
	{ tcp_none, false, NULL, NULL },
	{ wait_0, false, "its query_wait_timeout is 0 s", "\"query_wait_timeout = 120\"" },
	{ wait_59, false, "is 59 s, but a move can take 59.5 s", "\"query_wait_timeout = 120\"" },
	{ wait_60, false, NULL, NULL },
	{ wait_of_patience, false, "is 120 s, but a move can take 309.5 s",
	  "\"query_wait_timeout = 339\"" },
};

static void each_thing_that_is_wrong_gives_one_finding_and_what_to_do(void **state)
{
	struct lint_report report;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct proxy_setup setup = setup_of();
		struct lint_facts facts = facts_of();
		cases[i].make(&facts, &setup);
		proxy_lint(&setup, nodes, &facts, &report);
		const struct lint_finding *found = report.finding;
		if (report.count != (cases[i].text != NULL))
			fail_msg("case %zu: %u findings: %s", i, report.count, found[0].text);
		if (cases[i].text == NULL)
			continue;
		if (strstr(found->text, cases[i].text) == NULL ||
		    strstr(found->hint, cases[i].hint) == NULL || found->error != cases[i].error)
			fail_msg("case %zu: %s (%s)", i, found->text, found->hint);
	}
}

static void all_that_can_be_wrong_at_once_has_room(void **state)
{
	struct proxy_setup setup = setup_of();
	struct lint_facts facts = facts_of();
	struct lint_report report;
	(void)state;

	looker(&facts, &setup);
	closed(&facts, &setup);
	neither(&facts, &setup);
	file_neither(&facts, &setup);
	no_probes(&facts, &setup);
	loopback(&facts, &setup);
	strcpy(setup.aliases.target[0].host, "::1");
	for (unsigned i = 0; i < NODES; i++)
		snprintf(facts.test[i].alias, sizeof facts.test[i].alias, "x");
	facts.test[0].says = facts.test[1].says = false;
	facts.setting[LINT_LOGIN_RETRY] = facts.setting[LINT_CONNECT_TIMEOUT] = 15;
	facts.setting[LINT_TCP_USER_TIMEOUT] = 0;
	facts.setting[LINT_QUERY_WAIT] = 1;
	proxy_lint(&setup, nodes, &facts, &report);
	assert_int_equal(report.count, 13);
}

static void the_longest_outage_is_the_sum_of_its_steps(void **state)
{
	static const int64_t expected[OUTAGE_STEPS] = { 2000, 2000, 50000, 4000, 500, 1000 };
	struct proxy_setup setup = setup_of();
	int64_t step_ms[OUTAGE_STEPS];
	(void)state;

	assert_int_equal(proxy_outage_ms(&setup, step_ms), 59500);
	assert_memory_equal(step_ms, expected, sizeof expected);
	setup.eyes.health.attempt_interval_ms = 100; /* a test that hangs lasts longer */
	assert_int_equal(proxy_outage_ms(&setup, step_ms), 19500);
	for (unsigned i = 0; i < OUTAGE_STEPS; i++)
		assert_true(outage_step_text((enum outage_step)i)[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_thing_that_is_wrong_gives_one_finding_and_what_to_do),
		cmocka_unit_test(all_that_can_be_wrong_at_once_has_room),
		cmocka_unit_test(the_longest_outage_is_the_sum_of_its_steps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
