/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/session.h"

#include "classify.h"
#include "state.h"
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

void session_close(struct session *session)
{
	if (session == NULL)
		return;
	PQfinish(session->conn);
	free(session);
}

int session_server_version(const struct session *session)
{
	return PQserverVersion(session->conn);
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

/* Wait for the result of what was SENT, if it was. */
static enum status finish_query(struct session *session, bool sent, const struct pg_wait *wait,
				PGresult **result, struct pg_failure *failure)
{
	PGconn *conn = session->conn;
	PGresult *got = NULL;

	session->query_running = true;
	enum status st = sent ? flush_query(conn, wait) : ERR_SERVER;
	if (st == OK)
		st = read_result(conn, wait, &got);
	if (st == ERR_TIMEOUT || st == ERR_STOPPED || st == ERR_SYSTEM) {
		PQclear(got);
		return wait_failed(st, STEP_QUERY, failure);
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

enum status session_query(struct session *session, const char *sql, const struct pg_wait *wait,
			  PGresult **result, struct pg_failure *failure)
{
	bool sent = PQsendQuery(session->conn, sql) != 0;
	return finish_query(session, sent, wait, result, failure);
}

enum status session_query_values(struct session *session, const char *sql,
				 const char *const values[], unsigned count,
				 const struct pg_wait *wait, PGresult **result,
				 struct pg_failure *failure)
{
	bool sent =
		PQsendQueryParams(session->conn, sql, (int)count, NULL, values, NULL, NULL, 0) != 0;
	return finish_query(session, sent, wait, result, failure);
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
