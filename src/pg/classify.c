/* SPDX-License-Identifier: PostgreSQL */
#include "classify.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* SQLSTATEs by their beginning; the first row that fits is the one.
 * Source: PostgreSQL manual, Appendix A. */
static const struct {
	const char *prefix;
	enum outcome outcome;
} sqlstates[] = {
	{ "57P01", OUTCOME_STOPPING }, /* admin_shutdown */
	{ "57P02", OUTCOME_STARTING }, /* crash_shutdown: the server restarts by itself */
	{ "57P03", OUTCOME_STARTING }, /* cannot_connect_now */
	{ "53300", OUTCOME_TOO_MANY_CONNECTIONS },
	{ "28", OUTCOME_DENIED },    /* invalid_authorization_specification */
	{ "3D000", OUTCOME_DENIED }, /* invalid_catalog_name: no such database */
	{ "42501", OUTCOME_DENIED }, /* insufficient_privilege */
};

/* What the kernel says when a connection cannot be made. libpq gives it only as text,
 * made by strerror() of this very process. */
static const struct {
	int code;
	enum outcome outcome;
} errnos[] = {
	{ EHOSTUNREACH, OUTCOME_UNREACHABLE }, { ENETUNREACH, OUTCOME_UNREACHABLE },
	{ EHOSTDOWN, OUTCOME_UNREACHABLE },    { ENETDOWN, OUTCOME_UNREACHABLE },
	{ ETIMEDOUT, OUTCOME_UNREACHABLE },    { EADDRNOTAVAIL, OUTCOME_UNREACHABLE },
	{ EACCES, OUTCOME_UNREACHABLE },       { EPERM, OUTCOME_UNREACHABLE },
	{ ECONNREFUSED, OUTCOME_REFUSED },     { ENOENT, OUTCOME_REFUSED }, /* no unix socket */
};

#define RESOLVE_MESSAGE "could not translate host name"

bool classify_sqlstate(const char *message, char sqlstate[SQLSTATE_SIZE])
{
	/* "FATAL:  57P03: the database system is starting up"; the severity is in the
	 * server's language. */
	for (const char *at = strstr(message, ":  "); at != NULL; at = strstr(at + 1, ":  ")) {
		const char *code = at + strlen(":  ");
		size_t length = 0;
		while (isupper((unsigned char)code[length]) || isdigit((unsigned char)code[length]))
			length++;
		if (length == SQLSTATE_SIZE - 1 && code[length] == ':') {
			memcpy(sqlstate, code, length);
			sqlstate[length] = '\0';
			return true;
		}
	}
	return false;
}

/* Keep of libpq's message what an operator needs, on one line: not the address, which
 * the node's name stands for, not severity and SQLSTATE, not libpq's own hints. */
static void set_reason(struct pg_failure *failure, const char *message)
{
	char line[2048];
	char sqlstate[SQLSTATE_SIZE];
	const char *begin = message;

	for (const char *at = strstr(begin, " failed: "); at != NULL;
	     at = strstr(begin, " failed: "))
		begin = at + strlen(" failed: ");
	if (classify_sqlstate(begin, sqlstate))
		begin = strstr(begin, sqlstate) + strlen(sqlstate) + 2;
	COPY_TEXT(line, begin);
	line[strcspn(line, "\n")] = '\0';
	COPY_LINE(failure->reason, line);
}

static enum outcome by_sqlstate(const char *sqlstate, const char *message)
{
	for (unsigned i = 0; i < ARRAY_LEN(sqlstates); i++) {
		if (strncmp(sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) != 0)
			continue;
		/* A server that starts and one that stops say the same code, and nothing but
		 * the text, in the server's language, tells them apart. Both outcomes count
		 * alike, so that it does no harm when that is not English. */
		if (strcmp(sqlstate, "57P03") == 0 && strstr(message, "shutting down") != NULL)
			return OUTCOME_STOPPING;
		return sqlstates[i].outcome;
	}
	return OUTCOME_BROKEN;
}

void classify_connect(const char *message, enum step step, bool needs_password,
		      struct pg_failure *failure)
{
	char sqlstate[SQLSTATE_SIZE];

	failure->step = step;
	failure->outcome = OUTCOME_BROKEN;
	set_reason(failure, message);
	if (classify_sqlstate(message, sqlstate)) {
		failure->step = STEP_LOGIN;
		failure->outcome = by_sqlstate(sqlstate, message);
		return;
	}
	if (needs_password) {
		failure->outcome = OUTCOME_DENIED;
		return;
	}
	if (step != STEP_CONNECT)
		return;
	if (strstr(message, RESOLVE_MESSAGE) != NULL) {
		failure->step = STEP_RESOLVE;
		failure->outcome = OUTCOME_UNREACHABLE;
		return;
	}
	/* A name may have several addresses: refused only if none was worse than that. */
	for (unsigned i = 0; i < ARRAY_LEN(errnos); i++) {
		if (strstr(message, strerror(errnos[i].code)) != NULL) {
			failure->outcome = errnos[i].outcome;
			return;
		}
	}
}

void classify_query(const char *sqlstate, const char *message, struct pg_failure *failure)
{
	failure->step = STEP_QUERY;
	failure->outcome = sqlstate == NULL ? OUTCOME_BROKEN : by_sqlstate(sqlstate, message);
	set_reason(failure, message);
}
