/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/proxy_lint.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* ------------------------------------------------------------------ the longest outage */

#define RELOAD_MS 1000 /* RELOAD, then a pulse of query_timeout for those that hang */

static const char *const outage_texts[OUTAGE_STEPS] = {
	[OUTAGE_INTERVAL] = "until the next look at it (monitor_interval_secs)",
	[OUTAGE_TEST] = "a test that is not answered (timeout)",
	[OUTAGE_ATTEMPTS] = "all further attempts (reconnect_attempts, reconnect_interval)",
	[OUTAGE_AGAIN] = "both nodes are tested once more",
	[OUTAGE_WRITE] = "the file is read and replaced (write_window)",
	[OUTAGE_RELOAD] = "RELOAD, release of clients that hang, and the proof",
};

const char *outage_step_text(enum outage_step step)
{
	assert(step < ARRAY_LEN(outage_texts));
	return outage_texts[step];
}

int64_t proxy_outage_ms(const struct proxy_setup *setup, int64_t step_ms[OUTAGE_STEPS])
{
	const struct health_policy *health = &setup->eyes.health;
	int64_t test_ms = setup->move.test_ms, sum_ms = 0;
	int64_t attempt_ms =
		health->attempt_interval_ms > test_ms ? health->attempt_interval_ms : test_ms;

	step_ms[OUTAGE_INTERVAL] = setup->interval_ms;
	step_ms[OUTAGE_TEST] = test_ms;
	step_ms[OUTAGE_ATTEMPTS] = (health->attempts - 1) * attempt_ms;
	step_ms[OUTAGE_AGAIN] = NODES * test_ms;
	step_ms[OUTAGE_WRITE] = setup->move.write_window_ms;
	step_ms[OUTAGE_RELOAD] = RELOAD_MS;
	for (unsigned i = 0; i < OUTAGE_STEPS; i++)
		sum_ms += step_ms[i];
	return sum_ms;
}

/* ------------------------------------------------------------------------- the checks */

/* What is judged, and what is said of it. */
struct judge {
	const struct proxy_setup *setup;
	const char *const *node;
	const struct lint_facts *facts;
	struct strbuf text, hint;
};

/* True: it is to be told, and TEXT says it. WHICH counts from 0 for checks that are made several
 * times. */
typedef bool check_fn(struct judge *j, unsigned which);

/* The hint that belongs to the first text that is in REASON. */
struct advice {
	const char *text, *hint;
};

static void advise(struct judge *j, const struct advice *advice, size_t count, const char *reason)
{
	for (size_t i = 0; i < count; i++) {
		if (strstr(reason, advice[i].text) == NULL)
			continue;
		strbuf_add(&j->hint, advice[i].hint);
		return;
	}
}

static bool console_is_silent(struct judge *j, unsigned which)
{
	static const struct advice advice[] = {
		{ "not allowed", "Name the user of \"conninfo\" in \"admin_users\" of section "
				 "[pgbouncer] in pgbouncer.ini, and RELOAD." },
		{ "authentication failed", "Give \"conninfo\" the password of its user as "
					   "PgBouncer's \"auth_file\" has it." },
		{ "no such user", "Name the user of \"conninfo\" in PgBouncer's \"auth_file\"." },
		{ "unsupported startup parameter",
		  "Add it to \"ignore_startup_parameters\" in section [pgbouncer] of "
		  "pgbouncer.ini, and RELOAD." },
		{ "", "\"conninfo\" must lead to its admin console: the host and port where "
		      "PgBouncer listens, or the directory of its unix socket." },
	};
	(void)which;

	strbuf_printf(&j->text, "its admin console cannot be used: %s", j->facts->reason);
	advise(j, advice, ARRAY_LEN(advice), j->facts->reason);
	return !j->facts->answers;
}

static bool console_takes_no_order(struct judge *j, unsigned which)
{
	(void)which;
	strbuf_add(&j->text, "the user of its \"conninfo\" may look, but not give orders");
	strbuf_add(&j->hint, "Name it in \"admin_users\", not only in \"stats_users\", of section "
			     "[pgbouncer] in pgbouncer.ini, and RELOAD.");
	return j->facts->answers && j->facts->read_only;
}

static bool file_cannot_be_read(struct judge *j, unsigned which)
{
	bool far = j->setup->place.command[0] != '\0';
	(void)which;

	strbuf_printf(&j->text, "its file cannot be read: %s", j->facts->file_reason);
	strbuf_add(&j->hint, far ? "Run the command by hand, as the user of bdrmon: it must reach "
				   "that host without asking anything, and read \"file\" there."
				 : "The user of bdrmon must be allowed to read \"file\", and to "
				   "write into its directory. If it lies on another host, set "
				   "\"ssh\" or \"command\".");
	return j->facts->file != OK && j->facts->file != ERR_CONFIG;
}

static bool file_cannot_be_replaced(struct judge *j, unsigned which)
{
	(void)which;
	strbuf_printf(&j->text, "its file cannot be replaced: %s", j->facts->closed);
	strbuf_add(&j->hint, "The user of bdrmon must be allowed to write into that directory: a "
			     "new file is made there and renamed. Or set \"command\", such as "
			     "\"sudo -n -u postgres\".");
	return j->facts->closed[0] != '\0';
}

static bool file_is_refused(struct judge *j, unsigned which)
{
	(void)which;
	strbuf_printf(&j->text, "PgBouncer would refuse its file \"%s\": %s", j->setup->place.file,
		      j->facts->file_reason);
	strbuf_add(&j->hint, "Mend that line. Until then no RELOAD has an effect, though PgBouncer "
			     "before 1.25 answers each with success.");
	return j->facts->file == ERR_CONFIG;
}

/* How an alias must be written. */
static void advise_targets(struct judge *j)
{
	const struct target *target = j->setup->aliases.target;

	strbuf_printf(&j->hint,
		      "All of \"aliases\" must have host=%s port=%s (node \"%s\"), or all host=%s "
		      "port=%s (node \"%s\"), written just so. If this proxy reaches the nodes in "
		      "another way, set \"targets\" in section [pgbouncer %s].",
		      target[0].host, target[0].port, j->node[0], target[1].host, target[1].port,
		      j->node[1], j->setup->name);
}

static bool route_is_neither(struct judge *j, unsigned which)
{
	(void)which;
	strbuf_printf(&j->text, "what runs in it points to no single node: %s", j->facts->odd);
	advise_targets(j);
	return j->facts->answers && j->facts->route == NODES;
}

static bool file_is_neither(struct judge *j, unsigned which)
{
	(void)which;
	strbuf_printf(&j->text, "its file \"%s\" points to no single node: %s",
		      j->setup->place.file, j->facts->said.odd);
	advise_targets(j);
	return j->facts->file == OK && j->facts->said.file.node == NODES;
}

static bool both_are_known(const struct lint_facts *f)
{
	return f->answers && f->route < NODES && f->file == OK && f->said.file.node < NODES;
}

static bool file_does_not_run(struct judge *j, unsigned which)
{
	const struct lint_facts *f = j->facts;
	bool known = both_are_known(f);
	bool elsewhere = known && f->route != f->said.file.node;
	(void)which;

	if (elsewhere)
		strbuf_printf(&j->text,
			      "it points to node \"%s\", but its file \"%s\" says node \"%s\"",
			      j->node[f->route], j->setup->place.file, j->node[f->said.file.node]);
	else
		strbuf_printf(&j->text,
			      "its file \"%s\" has the probe aliases, but what runs does not",
			      j->setup->place.file);
	strbuf_add(&j->hint,
		   "RELOAD it. If that changes nothing, PgBouncer refuses its configuration, and "
		   "its log says why, or it reads another file.");
	return elsewhere || (known && f->said.probes && !f->probes);
}

static bool file_is_odd(struct judge *j, unsigned which)
{
	(void)which;
	strbuf_printf(&j->text, "its file \"%s\": %s", j->setup->place.file, j->facts->said.odd);
	strbuf_add(&j->hint, "bdrmon writes that line anew with the next move.");
	return j->facts->file == OK && j->facts->said.file.node < NODES &&
	       j->facts->said.odd[0] != '\0';
}

static bool probes_are_missing(struct judge *j, unsigned which)
{
	const struct lint_facts *f = j->facts;
	(void)which;

	strbuf_add(&j->text, "it has no probe aliases, and sees only the node that it points to");
	strbuf_printf(&j->hint, "\"bdrmon pgbouncer adopt %s\" adds \"%s\" and \"%s\" to its file.",
		      j->setup->name, j->setup->aliases.probe[0], j->setup->aliases.probe[1]);
	return f->answers && !f->probes && !(f->file == OK && f->said.probes);
}

static bool test_says_nothing(struct judge *j, unsigned which)
{
	static const struct advice advice[] = {
		{ "no such database",
		  "RELOAD it, so that it takes the probe aliases from its file." },
		{ "authentication failed", "Set \"probe_conninfo\" to a user and password that "
					   "PgBouncer's \"auth_file\" and "
					   "both nodes accept." },
		{ "no such user", "Name the user of \"probe_conninfo\" in PgBouncer's "
				  "\"auth_file\"." },
		{ "no pg_hba.conf entry", "Let the proxy's host in by pg_hba.conf on both nodes." },
		{ "does not exist", "The test goes to the database and role of the alias, which "
				    "must be there on both nodes." },
		{ "", "\"probe_conninfo\" must be what an application connects with." },
	};
	const struct lint_test *test = &j->facts->test[which];

	strbuf_printf(&j->text, "a test through its alias \"%s\" says nothing of node \"%s\": %s",
		      test->alias, j->node[which], test->reason);
	advise(j, advice, ARRAY_LEN(advice), test->reason);
	return test->alias[0] != '\0' && !test->says;
}

static bool node_does_not_answer(struct judge *j, unsigned which)
{
	const struct lint_test *test = &j->facts->test[which];

	strbuf_printf(&j->text, "node \"%s\" does not answer through its alias \"%s\": %s",
		      j->node[which], test->alias, test->reason);
	return test->alias[0] != '\0' && test->says && test->outcome != OUTCOME_OK;
}

static bool is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
	       strcmp(host, "::1") == 0;
}

static bool is_here(const char *host)
{
	return host[0] == '\0' || host[0] == '/' || host[0] == '@' || is_loopback(host);
}

static bool target_is_the_proxy_itself(struct judge *j, unsigned which)
{
	const char *host = j->setup->aliases.target[which].host;

	strbuf_printf(&j->text,
		      "it would reach node \"%s\" as \"%s\", which is the proxy's own "
		      "host",
		      j->node[which], host);
	strbuf_printf(&j->hint,
		      "Set \"targets\" in section [pgbouncer %s] to the addresses that this proxy "
		      "connects to.",
		      j->setup->name);
	return is_loopback(host) && !is_here(j->facts->host);
}

/* ----------------------------------------------------------------------- its settings */

/* How a setting should be, and what is so bad about others. */
static const struct wish {
	const char *name, *unit, *recommended;
	double most; /* 0: there is no bound */
	const char *too_much, *none;
} wishes[LINT_SETTINGS] = {
	[LINT_LOGIN_RETRY] = { "server_login_retry", "s", "1", 1,
			       "after a crash PgBouncer connects nowhere for that long, if bdrmon "
			       "does not run just then",
			       "PgBouncer connects to a dead node without a pause" },
	[LINT_CONNECT_TIMEOUT] = { "server_connect_timeout", "s", "2", 5,
				   "a node that is cut off holds the next connection of each pool "
				   "for that long",
				   "a node that is cut off holds the next connection of each pool "
				   "without end" },
	[LINT_TCP_USER_TIMEOUT] = { "tcp_user_timeout", "ms", "3000", 0, "",
				    "clients of a node that is cut off hang until the kernel gives "
				    "up, after about 15 minutes, if bdrmon does not run just "
				    "then" },
	[LINT_QUERY_WAIT] = { "query_wait_timeout", "s", "120", 0, "",
			      "while no node answers clients wait without end" },
};

const char *lint_setting_name(enum lint_setting setting)
{
	assert(setting < ARRAY_LEN(wishes));
	return wishes[setting].name;
}

static bool setting_is_bad(struct judge *j, unsigned which)
{
	const struct wish *wish = &wishes[which];
	double value = j->facts->setting[which];
	bool none = value == 0, too_much = wish->most > 0 && value > wish->most;

	strbuf_printf(&j->text, "its %s is %g %s: %s", wish->name, value, wish->unit,
		      none ? wish->none : wish->too_much);
	strbuf_printf(&j->hint,
		      "Write \"%s = %s\" in section [pgbouncer] of pgbouncer.ini, and RELOAD.",
		      wish->name, wish->recommended);
	return j->facts->answers && (none || too_much);
}

static bool waits_too_short(struct judge *j, unsigned which)
{
	const struct wish *wish = &wishes[LINT_QUERY_WAIT];
	double value = j->facts->setting[LINT_QUERY_WAIT];
	int64_t unused[OUTAGE_STEPS], ms = proxy_outage_ms(j->setup, unused);
	(void)which;

	strbuf_printf(&j->text,
		      "its %s is %g %s, but a move can take %" PRId64 ".%" PRId64
		      " s: those that wait are thrown out before it is over",
		      wish->name, value, wish->unit, ms / 1000, ms % 1000 / 100);
	strbuf_printf(&j->hint,
		      "Write \"%s = %" PRId64 "\" in section [pgbouncer] of pgbouncer.ini, and "
		      "RELOAD; or make \"reconnect_attempts\" or \"reconnect_interval\" smaller.",
		      wish->name, ms / 1000 < 120 ? 120 : ms / 1000 + 30);
	return j->facts->answers && value > 0 && value * 1000 < (double)ms;
}

/* -------------------------------------------------------------------------------- all */

static const struct check {
	bool error;
	unsigned times;
	check_fn *finds;
} checks[] = {
	{ true, 1, console_is_silent },
	{ true, 1, console_takes_no_order },
	{ true, 1, file_cannot_be_read },
	{ true, 1, file_cannot_be_replaced },
	{ true, 1, file_is_refused },
	{ true, 1, route_is_neither },
	{ true, 1, file_is_neither },
	{ false, 1, file_does_not_run },
	{ false, 1, file_is_odd },
	{ false, 1, probes_are_missing },
	{ true, NODES, test_says_nothing },
	{ false, NODES, node_does_not_answer },
	{ false, NODES, target_is_the_proxy_itself },
	{ false, LINT_SETTINGS, setting_is_bad },
	{ false, 1, waits_too_short },
};

void proxy_lint(const struct proxy_setup *setup, const char *const node[NODES],
		const struct lint_facts *facts, struct lint_report *report)
{
	struct lint_finding unused = { 0 };

	report->count = 0;
	for (unsigned i = 0; i < ARRAY_LEN(checks); i++) {
		for (unsigned which = 0; which < checks[i].times; which++) {
			bool room = report->count < LINT_FINDINGS_MAX;
			struct lint_finding *f = room ? &report->finding[report->count] : &unused;
			struct judge j = { setup, node, facts, STRBUF(f->text), STRBUF(f->hint) };
			f->error = checks[i].error;
			if (room && checks[i].finds(&j, which))
				report->count++;
		}
	}
}
