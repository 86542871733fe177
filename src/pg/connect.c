/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/conninfo.h"
#include "bdrmon/resolve.h"
#include "bdrmon/strbuf.h"
#include "classify.h"
#include "state.h"
#include "wait.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* libpq would print notices to stderr. A FATAL that arrives on an idle session comes
 * as a notice too. */
static void receive_notice(void *argument, const PGresult *notice)
{
	struct session *session = argument;
	const char *sqlstate = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
	if (sqlstate != NULL && strcmp(sqlstate, "57P01") == 0)
		session->told_end = true;
}

static void set_target(struct destination *to, const char *host, const struct address_list *list)
{
	struct strbuf hosts = STRBUF(to->hosts);
	struct strbuf addresses = STRBUF(to->addresses);

	for (unsigned i = 0; i < list->count; i++) {
		const char *comma = i > 0 ? "," : "";
		strbuf_printf(&hosts, "%s%s", comma, host);
		strbuf_printf(&addresses, "%s%s", comma, list->address[i]);
	}
}

static PGconn *start_connection(const char *conninfo, const struct destination *to)
{
	/* What stands before dbname, where the user's string is expanded, is a default that
	 * the string overrides, and what stands behind it overrides the string. Looking for
	 * Kerberos credentials costs files and may cost network traffic, at each connection. */
	const char *const keywords[] = { "gssencmode", "fallback_application_name",
					 "dbname",     to->resolved ? "host" : NULL,
					 "hostaddr",   NULL };
	const char *const values[] = { "disable",
				       "bdrmon",
				       conninfo,
				       to->resolved ? to->hosts : NULL,
				       to->resolved ? to->addresses : NULL,
				       NULL };
	return PQconnectStartParams(keywords, values, 1);
}

static enum step step_of(const PGconn *conn)
{
	switch (PQstatus(conn)) {
	case CONNECTION_NEEDED:
	case CONNECTION_STARTED:
		return STEP_CONNECT;
	case CONNECTION_SSL_STARTUP:
	case CONNECTION_GSS_STARTUP:
		return STEP_TLS;
	default:
		return STEP_LOGIN;
	}
}

/* What stands in the way is known, or there is something to wait for, or it is done. */
static void note_step(struct connecting *c, PostgresPollingStatusType next)
{
	PGconn *conn = c->session->conn;

	c->events = 0;
	c->done = next == PGRES_POLLING_OK;
	if (next == PGRES_POLLING_FAILED) {
		classify_connect(PQerrorMessage(conn), c->step,
				 PQconnectionNeedsPassword(conn) != 0, &c->failure);
		return;
	}
	c->step = step_of(conn);
	if (!c->done)
		c->events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
	else
		/* so that a full socket never blocks a send or PQfinish() */
		PQsetnonblocking(conn, 1);
}

void connect_step(struct connecting *c)
{
	note_step(c, PQconnectPoll(c->session->conn));
}

bool connect_begin(const char *conninfo, const struct destination *to, struct connecting *c)
{
	*c = (struct connecting) { .session = calloc(1, sizeof *c->session), .step = STEP_CONNECT };
	PGconn *conn = c->session == NULL ? NULL : start_connection(conninfo, to);

	if (conn == NULL) {
		c->failure = (struct pg_failure) { OUTCOME_BROKEN, STEP_CONNECT, "out of memory" };
		free(c->session);
		c->session = NULL;
		return false;
	}
	c->session->conn = conn;
	PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
	PQsetNoticeReceiver(conn, receive_notice, c->session);
	note_step(c,
		  PQstatus(conn) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING);
	return c->events != 0;
}

static enum status connect_to(const char *conninfo, const struct destination *to,
			      const struct pg_wait *wait, struct session **session,
			      struct pg_failure *failure)
{
	struct connecting c;
	bool goes_on = connect_begin(conninfo, to, &c);

	while (goes_on && c.events != 0) {
		enum status st = wait_for(PQsocket(c.session->conn), c.events, wait);
		if (st != OK) {
			session_close(c.session);
			return wait_failed(st, c.step, failure);
		}
		connect_step(&c);
	}
	if (c.done) {
		*session = c.session;
		return OK;
	}
	session_close(c.session);
	*failure = c.failure;
	return ERR_SERVER;
}

enum status connect_find(const char *conninfo, struct resolver *resolver,
			 const struct pg_wait *wait, struct destination *to,
			 struct pg_failure *failure)
{
	char host[HOST_TEXT_MAX];
	struct address_list list;

	to->resolved = conninfo_host(conninfo, host, sizeof host);
	if (!to->resolved)
		return OK;
	enum status st = resolver_ask(resolver, host, wait, &list, failure);
	if (st == OK)
		set_target(to, host, &list);
	return st;
}

enum status session_open(const char *conninfo, struct resolver *resolver,
			 const struct pg_wait *wait, struct session **session,
			 struct pg_failure *failure)
{
	struct destination to;

	enum status st = connect_find(conninfo, resolver, wait, &to, failure);
	return st == OK ? connect_to(conninfo, &to, wait, session, failure) : st;
}
