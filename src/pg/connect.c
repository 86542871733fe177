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

/* Where to connect to, as libpq wants it: for each address the name again, which is still
 * needed for the password file and for the server's certificate. */
struct target {
	char hosts[ADDRESSES_MAX * HOST_TEXT_MAX];
	char addresses[ADDRESSES_MAX * ADDRESS_TEXT_MAX];
};

static void set_target(struct target *target, const char *host, const struct address_list *list)
{
	struct strbuf hosts = STRBUF(target->hosts);
	struct strbuf addresses = STRBUF(target->addresses);

	for (unsigned i = 0; i < list->count; i++) {
		const char *comma = i > 0 ? "," : "";
		strbuf_printf(&hosts, "%s%s", comma, host);
		strbuf_printf(&addresses, "%s%s", comma, list->address[i]);
	}
}

/* TARGET may be NULL: what CONNINFO says needs no name server, or libpq finds it. */
static PGconn *start_connection(const char *conninfo, const struct target *target)
{
	/* What stands before dbname, where the user's string is expanded, is a default that
	 * the string overrides, and what stands behind it overrides the string. Looking for
	 * Kerberos credentials costs files and may cost network traffic, at each connection. */
	const char *const keywords[] = { "gssencmode", "fallback_application_name",
					 "dbname",     target != NULL ? "host" : NULL,
					 "hostaddr",   NULL };
	const char *const values[] = { "disable",
				       "bdrmon",
				       conninfo,
				       target != NULL ? target->hosts : NULL,
				       target != NULL ? target->addresses : NULL,
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

static enum status finish_connecting(PGconn *conn, const struct pg_wait *wait,
				     struct pg_failure *failure)
{
	PostgresPollingStatusType next = PGRES_POLLING_WRITING;
	enum step step = STEP_CONNECT;

	if (PQstatus(conn) == CONNECTION_BAD)
		next = PGRES_POLLING_FAILED;
	else
		step = step_of(conn);
	while (next != PGRES_POLLING_OK && next != PGRES_POLLING_FAILED) {
		short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
		enum status st = wait_for(PQsocket(conn), events, wait);
		if (st != OK)
			return wait_failed(st, step, failure);
		next = PQconnectPoll(conn);
		if (next != PGRES_POLLING_OK && next != PGRES_POLLING_FAILED)
			step = step_of(conn);
	}
	if (next == PGRES_POLLING_OK)
		return OK;
	classify_connect(PQerrorMessage(conn), step, PQconnectionNeedsPassword(conn) != 0, failure);
	return ERR_SERVER;
}

static enum status connect_to(const char *conninfo, const struct target *target,
			      const struct pg_wait *wait, struct session **session,
			      struct pg_failure *failure)
{
	enum status st = ERR_SERVER;
	struct session *opened = calloc(1, sizeof *opened);
	PGconn *conn = opened == NULL ? NULL : start_connection(conninfo, target);

	if (conn == NULL) {
		*failure = (struct pg_failure) { OUTCOME_BROKEN, STEP_CONNECT, "out of memory" };
		goto out;
	}
	opened->conn = conn;
	PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
	PQsetNoticeReceiver(conn, receive_notice, opened);
	st = finish_connecting(conn, wait, failure);
	if (st != OK)
		goto out;
	PQsetnonblocking(conn, 1); /* so that a full socket never blocks a send or PQfinish() */
	*session = opened;
	return OK;
out:
	session_close(opened);
	return st;
}

enum status session_open(const char *conninfo, struct resolver *resolver,
			 const struct pg_wait *wait, struct session **session,
			 struct pg_failure *failure)
{
	char host[HOST_TEXT_MAX];
	struct address_list list;
	struct target target;

	if (!conninfo_host(conninfo, host, sizeof host))
		return connect_to(conninfo, NULL, wait, session, failure);
	enum status st = resolver_ask(resolver, host, wait, &list, failure);
	if (st != OK)
		return st;
	set_target(&target, host, &list);
	return connect_to(conninfo, &target, wait, session, failure);
}
