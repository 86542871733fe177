/* SPDX-License-Identifier: PostgreSQL */
#include "console.h"

#include "ask.h"

#include "bdrmon/clock.h"
#include "bdrmon/conninfo.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

int64_t console_limit_ms(const struct proxy *proxy)
{
	return proxy->setup.move.test_ms;
}

static enum status open_console(struct proxy *proxy, const struct pg_wait *wait,
				struct session **session, struct pg_failure *failure)
{
	char conninfo[CONNINFO_MAX], database[NAME_TEXT_MAX];
	struct error err;

	COPY_TEXT(conninfo, proxy->setup.conninfo);
	if (!conninfo_value(conninfo, "dbname", database, sizeof database) &&
	    conninfo_with(proxy->setup.conninfo, "dbname", "pgbouncer", conninfo, sizeof conninfo,
			  &err) != OK) {
		COPY_LINE(failure->reason, err.text);
		return ERR_SERVER;
	}
	return session_open(conninfo, &proxy->console_resolver, wait, session, failure);
}

static void drop_console(struct proxy *proxy)
{
	session_close(proxy->console);
	proxy->console = NULL;
}

int proxy_fd(const struct proxy *proxy)
{
	return proxy->console != NULL ? session_fd(proxy->console) : -1;
}

void proxy_listen(struct proxy *proxy)
{
	if (proxy->console != NULL && session_look(proxy->console) != SESSION_LIVES)
		drop_console(proxy);
}

enum status console_run(struct proxy *proxy, const char *command, int64_t limit_ms, int stop_fd,
			PGresult **rows)
{
	struct pg_wait wait = { instant_add_ms(clock_now(), limit_ms), stop_fd };
	struct pg_failure failure = { 0 };
	PGresult *got = NULL;
	enum status st = OK;

	proxy_listen(proxy);
	if (proxy->console == NULL)
		st = open_console(proxy, &wait, &proxy->console, &failure);
	if (st == OK)
		st = session_query(proxy->console, command, &wait, &got, &failure);
	if (st == OK) {
		proxy->reason[0] = '\0';
		if (rows != NULL)
			*rows = got;
		else
			PQclear(got);
		return OK;
	}
	if (st != ERR_STOPPED)
		COPY_TEXT(proxy->reason, failure.reason);
	if (proxy->console != NULL && !session_usable(proxy->console))
		drop_console(proxy);
	return st;
}

void console_aside(struct proxy *proxy, const char *command, int64_t limit_ms, int stop_fd)
{
	struct pg_wait wait = { instant_add_ms(clock_now(), console_limit_ms(proxy)), stop_fd };
	struct session *session = NULL;
	struct pg_failure unused = { 0 };
	PGresult *rows = NULL;

	if (open_console(proxy, &wait, &session, &unused) != OK)
		return;
	wait.deadline = instant_add_ms(clock_now(), limit_ms);
	if (session_query(session, command, &wait, &rows, &unused) == OK)
		PQclear(rows);
	session_close(session);
}

const char *console_text(const PGresult *rows, int row, const char *name)
{
	int column = PQfnumber(rows, name);
	return column < 0 ? "" : PQgetvalue(rows, row, column);
}

static int find_row(const PGresult *rows, const char *column, const char *value)
{
	int row = PQntuples(rows) - 1;
	while (row >= 0 && strcmp(console_text(rows, row, column), value) != 0)
		row--;
	return row;
}

static bool leads_to(const PGresult *rows, int row, const struct target *target)
{
	return strcasecmp(console_text(rows, row, "host"), target->host) == 0 &&
	       strcmp(console_text(rows, row, "port"), target->port) == 0;
}

/* Where the alias NAME leads to; NODES: to neither node. */
static unsigned node_of(struct proxy *proxy, const PGresult *rows, const char *name)
{
	int row = find_row(rows, "name", proxy_database_of(name));
	unsigned node = 0;

	while (row >= 0 && node < NODES && !leads_to(rows, row, &proxy->setup.aliases.target[node]))
		node++;
	if (row < 0)
		snprintf(proxy->odd, sizeof proxy->odd, "there is no alias \"%s\"", name);
	else if (node == NODES)
		snprintf(proxy->odd, sizeof proxy->odd,
			 "alias \"%s\" points to %s port %s, which is neither node", name,
			 console_text(rows, row, "host"), console_text(rows, row, "port"));
	return row < 0 ? NODES : node;
}

static unsigned common_node(struct proxy *proxy, const PGresult *rows)
{
	const struct proxy_aliases *aliases = &proxy->setup.aliases;
	unsigned common = node_of(proxy, rows, aliases->name[0]);

	for (unsigned i = 1; i < aliases->count && common < NODES; i++) {
		unsigned node = node_of(proxy, rows, aliases->name[i]);
		if (node < NODES && node != common)
			snprintf(proxy->odd, sizeof proxy->odd,
				 "aliases \"%s\" and \"%s\" point to different nodes",
				 aliases->name[0], aliases->name[i]);
		if (node != common)
			common = NODES;
	}
	return common;
}

static bool has_probes(const struct proxy *proxy, const PGresult *rows)
{
	const struct proxy_aliases *aliases = &proxy->setup.aliases;

	for (unsigned i = 0; i < NODES; i++) {
		int row = find_row(rows, "name", aliases->probe[i]);
		if (row < 0 || !leads_to(rows, row, &aliases->target[i]))
			return false;
	}
	return true;
}

static bool is_paused(const struct proxy *proxy, const PGresult *rows)
{
	const struct proxy_aliases *aliases = &proxy->setup.aliases;
	bool paused = false;

	for (unsigned i = 0; i < aliases->count; i++) {
		int row = find_row(rows, "name", aliases->name[i]);
		paused =
			paused || (row >= 0 && strcmp(console_text(rows, row, "paused"), "1") == 0);
	}
	return paused;
}

static bool is_probe(const struct proxy_aliases *aliases, const char *name)
{
	return strcmp(name, aliases->probe[0]) == 0 || strcmp(name, aliases->probe[1]) == 0;
}

/* Those that lead where it does: an alias that nobody has named may be among them, which tells of
 * that node as well. */
static void find_made(struct proxy *proxy, const PGresult *rows)
{
	const struct proxy_aliases *aliases = &proxy->setup.aliases;

	proxy->made_count = 0;
	for (int row = 0; row < PQntuples(rows) && proxy->view.route < NODES; row++) {
		const char *name = console_text(rows, row, "name");
		if (proxy->made_count == FALLBACKS_MAX || is_probe(aliases, name) ||
		    !leads_to(rows, row, &aliases->target[proxy->view.route]))
			continue;
		COPY_TEXT(proxy->made_of_fallback[proxy->made_count], name);
		proxy->made_count++;
	}
}

bool console_is_apps(const struct proxy *proxy, const char *database)
{
	unsigned i = 0;

	while (i < proxy->made_count && strcmp(proxy->made_of_fallback[i], database) != 0)
		i++;
	return i < proxy->made_count || proxy_names_alias(&proxy->setup.aliases, database);
}

static bool at_once(void *unused)
{
	(void)unused;
	return true;
}

/* PgBouncer makes a database of the fallback as soon as a client names it, and shows it while it
 * has a client or a server. */
static enum status make_one(struct proxy *proxy, int64_t limit_ms, int stop_fd,
			    struct alias_question *q)
{
	const struct proxy_stop stop = { .stop_fd = stop_fd, .news_fd = stop_fd, .leave = at_once };

	*q = (struct alias_question) {
		.alias = FALLBACK_DATABASE, .hedge_ms = limit_ms, .limit_ms = limit_ms, .keep = true
	};
	return alias_ask(proxy, q, 1, &stop);
}

static bool is_hidden(const struct proxy *proxy, const PGresult *rows)
{
	return proxy->fallback && find_row(rows, "name", FALLBACK_DATABASE) < 0;
}

static void tell_hidden(struct proxy *proxy, const struct alias_question *q)
{
	struct strbuf out = STRBUF(proxy->odd);
	bool came = q->result.outcome == OUTCOME_OK;
	strbuf_printf(&out, "no client could come by \"%s\": %s", FALLBACK,
		      came ? "it is not shown" : q->result.reason);
}

/* If what is made of the fallback is not there yet, ask once more after a client of ours. PgBouncer
 * looks three times a second for what has no client, does not count those that are logging in, and
 * does not show again what it has put away but for the next one: so a second client may be needed,
 * while the first is there. (Source: 1.18, one time in thirty, one in five on a busy machine.) */
static enum status show_databases(struct proxy *proxy, int64_t limit_ms, int stop_fd,
				  PGresult **rows, struct alias_question *client)
{
	struct session *held[] = { NULL, NULL };
	enum status st = console_run(proxy, "SHOW DATABASES", limit_ms, stop_fd, rows);

	for (unsigned i = 0; i < ARRAY_LEN(held) && st == OK && is_hidden(proxy, *rows); i++) {
		PQclear(*rows);
		st = make_one(proxy, limit_ms, stop_fd, client);
		held[i] = client->session;
		if (st == OK)
			st = console_run(proxy, "SHOW DATABASES", limit_ms, stop_fd, rows);
	}
	for (unsigned i = 0; i < ARRAY_LEN(held); i++)
		session_close(held[i]);
	return st;
}

enum status console_routes(struct proxy *proxy, int64_t limit_ms, int stop_fd)
{
	struct alias_question client = { 0 };
	PGresult *rows;
	enum status st = show_databases(proxy, limit_ms, stop_fd, &rows, &client);

	if (st != OK)
		return st;
	proxy->odd[0] = '\0';
	proxy->view.route = common_node(proxy, rows);
	proxy->one_eyed = !has_probes(proxy, rows);
	proxy->hold.paused = is_paused(proxy, rows);
	if (proxy->fallback)
		find_made(proxy, rows);
	if (is_hidden(proxy, rows))
		tell_hidden(proxy, &client);
	PQclear(rows);
	return OK;
}

enum status console_count(struct proxy *proxy, int64_t limit_ms, int stop_fd, uint64_t *count)
{
	PGresult *rows;
	enum status st = console_run(proxy, "SHOW STATS", limit_ms, stop_fd, &rows);

	if (st != OK)
		return st;
	*count = 0;
	for (int row = 0; row < PQntuples(rows); row++) {
		if (console_is_apps(proxy, console_text(rows, row, "database")))
			*count += strtoull(console_text(rows, row, "total_xact_time"), NULL, 10);
	}
	PQclear(rows);
	return OK;
}

static double number_at(const PGresult *rows, int row, const char *name)
{
	const char *text = row < 0 ? "" : console_text(rows, row, name);
	return text[0] == '\0' ? -1 : strtod(text, NULL);
}

enum status console_settings(struct proxy *proxy, const char *const names[], unsigned count,
			     int64_t limit_ms, int stop_fd, double settings[])
{
	PGresult *rows;
	enum status st = console_run(proxy, "SHOW CONFIG", limit_ms, stop_fd, &rows);

	if (st != OK)
		return st;
	for (unsigned i = 0; i < count; i++)
		settings[i] = number_at(rows, find_row(rows, "key", names[i]), "value");
	PQclear(rows);
	return OK;
}

enum status console_set(struct proxy *proxy, const char *name, double value, int64_t limit_ms,
			int stop_fd)
{
	char command[128];
	struct strbuf out = STRBUF(command);

	/* Decimals need the quotes. */
	strbuf_printf(&out, "SET %s='%.10g'", name, value);
	return console_run(proxy, command, limit_ms, stop_fd, NULL);
}

static long row_logins(const struct proxy *proxy, const PGresult *rows, int row)
{
	bool ours = console_is_apps(proxy, console_text(rows, row, "database"));
	return ours ? strtol(console_text(rows, row, "sv_login"), NULL, 10) : 0;
}

enum status console_logins(struct proxy *proxy, int64_t limit_ms, int stop_fd, long *count)
{
	PGresult *rows;
	enum status st = console_run(proxy, "SHOW POOLS", limit_ms, stop_fd, &rows);

	if (st != OK)
		return st;
	*count = 0;
	for (int row = 0; row < PQntuples(rows); row++)
		*count += row_logins(proxy, rows, row);
	PQclear(rows);
	return OK;
}
