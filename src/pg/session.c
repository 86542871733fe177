/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/session.h"

#include "bdrmon/clock.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"
#include "classify.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct session {
	PGconn *conn;
	bool query_running;
	bool told_end; /* the server said 57P01: it ends this session */
};

/* Wait until FD is ready for EVENTS. */
static enum status wait_for(int fd, short events, const struct pg_wait *wait)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = events },
		{ .fd = wait->stop_fd, .events = POLLIN }, /* -1 is passed over */
	};
	for (;;) {
		struct timespec rest;
		int ready = ppoll(fds, ARRAY_LEN(fds), clock_rest(wait->deadline, &rest), NULL);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return ERR_SYSTEM;
		if (fds[1].revents != 0)
			return ERR_STOPPED;
		return ready == 0 ? ERR_TIMEOUT : OK;
	}
}

static enum status fail_waiting(enum status st, enum step step, struct pg_failure *failure)
{
	failure->step = step;
	if (st == ERR_TIMEOUT) {
		failure->outcome = OUTCOME_TIMEOUT;
		COPY_TEXT(failure->reason, "no answer before the deadline");
	} else if (st == ERR_SYSTEM) {
		failure->outcome = OUTCOME_BROKEN;
		COPY_TEXT(failure->reason, strerror(errno));
		st = ERR_SERVER;
	}
	return st;
}

/* libpq would print notices to stderr. A FATAL that arrives on an idle session comes
 * as a notice too. */
static void receive_notice(void *argument, const PGresult *notice)
{
	struct session *session = argument;
	const char *sqlstate = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
	if (sqlstate != NULL && strcmp(sqlstate, "57P01") == 0)
		session->told_end = true;
}

static PGconn *start_connection(const char *conninfo)
{
	/* What stands before dbname, where the user's string is expanded, is a default that
	 * the string overrides. Looking for Kerberos credentials costs files and may cost
	 * network traffic, at each connection. */
	static const char *const keywords[] = { "gssencmode", "fallback_application_name", "dbname",
						NULL };
	const char *const values[] = { "disable", "bdrmon", conninfo, NULL };
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
			return fail_waiting(st, step, failure);
		next = PQconnectPoll(conn);
		if (next != PGRES_POLLING_OK && next != PGRES_POLLING_FAILED)
			step = step_of(conn);
	}
	if (next == PGRES_POLLING_OK)
		return OK;
	classify_connect(PQerrorMessage(conn), step, PQconnectionNeedsPassword(conn) != 0, failure);
	return ERR_SERVER;
}

enum status session_open(const char *conninfo, const struct pg_wait *wait, struct session **session,
			 struct pg_failure *failure)
{
	enum status st = ERR_SERVER;
	struct session *opened = calloc(1, sizeof *opened);
	PGconn *conn = opened == NULL ? NULL : start_connection(conninfo);

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

void session_close(struct session *session)
{
	if (session == NULL)
		return;
	PQfinish(session->conn);
	free(session);
}

int session_fd(const struct session *session)
{
	return PQsocket(session->conn);
}

bool session_usable(const struct session *session)
{
	return !session->query_running && PQstatus(session->conn) == CONNECTION_OK;
}

static enum status flush_query(PGconn *conn, const struct pg_wait *wait)
{
	int left;
	while ((left = PQflush(conn)) > 0) {
		enum status st = wait_for(PQsocket(conn), POLLIN | POLLOUT, wait);
		if (st != OK)
			return st;
		if (PQconsumeInput(conn) == 0)
			return ERR_SERVER;
	}
	return left == 0 ? OK : ERR_SERVER;
}

/* Read until the query is over; keep the last result. */
static enum status read_result(PGconn *conn, const struct pg_wait *wait, PGresult **result)
{
	for (;;) {
		while (PQisBusy(conn)) {
			enum status st = wait_for(PQsocket(conn), POLLIN, wait);
			if (st != OK)
				return st;
			if (PQconsumeInput(conn) == 0)
				return ERR_SERVER;
		}
		PGresult *next = PQgetResult(conn);
		if (next == NULL)
			return *result == NULL ? ERR_SERVER : OK;
		PQclear(*result);
		*result = next;
	}
}

enum status session_query(struct session *session, const char *sql, const struct pg_wait *wait,
			  PGresult **result, struct pg_failure *failure)
{
	PGconn *conn = session->conn;
	PGresult *got = NULL;

	session->query_running = true;
	enum status st = PQsendQuery(conn, sql) ? flush_query(conn, wait) : ERR_SERVER;
	if (st == OK)
		st = read_result(conn, wait, &got);
	if (st == ERR_TIMEOUT || st == ERR_STOPPED || st == ERR_SYSTEM) {
		PQclear(got);
		return fail_waiting(st, STEP_QUERY, failure);
	}
	if (st != OK) {
		classify_query(got == NULL ? NULL : PQresultErrorField(got, PG_DIAG_SQLSTATE),
			       PQerrorMessage(conn), failure);
		PQclear(got);
		return ERR_SERVER;
	}
	session->query_running = false;
	ExecStatusType kind = PQresultStatus(got);
	if (kind != PGRES_TUPLES_OK && kind != PGRES_COMMAND_OK) {
		classify_query(PQresultErrorField(got, PG_DIAG_SQLSTATE), PQresultErrorMessage(got),
			       failure);
		PQclear(got);
		return ERR_SERVER;
	}
	*result = got;
	return OK;
}

enum session_news session_look(struct session *session)
{
	char byte;
	/* libpq does not tell an end of file from a reset; the kernel does. */
	ssize_t got = recv(PQsocket(session->conn), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return SESSION_LIVES;
	if (got < 0)
		return session->told_end ? SESSION_ENDED_BY_SERVER : SESSION_ENDED;
	if (got == 0 || PQconsumeInput(session->conn) == 0)
		return SESSION_ENDED_BY_SERVER;
	PQisBusy(session->conn); /* hands what has arrived to receive_notice() */
	return session->told_end ? SESSION_ENDED_BY_SERVER : SESSION_LIVES;
}
