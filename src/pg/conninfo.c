/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/conninfo.h"

#include "bdrmon/strbuf.h"

#include <libpq-fe.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

/* libpq's messages repeat parts of the string, except this one, which names the
 * option only. */
#define HARMLESS_MESSAGE "invalid connection option"

static enum status refuse(const char *libpq_says, struct error *err)
{
	char line[ERROR_TEXT_MAX];
	const char *what = "it is not a list of keyword = value";

	if (libpq_says != NULL &&
	    strncmp(libpq_says, HARMLESS_MESSAGE, strlen(HARMLESS_MESSAGE)) == 0) {
		COPY_LINE(line, libpq_says);
		what = line;
	}
	error_set(err, ERR_CONFIG, "invalid connection string: %s", what);
	error_hint(err, "Write it as libpq wants it, for example "
			"\"host=node1 dbname=bdrtest user=repmgr connect_timeout=2\".");
	return ERR_CONFIG;
}

enum status conninfo_check(const char *conninfo, int64_t *connect_timeout_ms, struct error *err)
{
	char *message = NULL;
	int64_t timeout_ms = 0;
	enum status st = OK;

	PQconninfoOption *options = PQconninfoParse(conninfo, &message);
	if (options == NULL) {
		st = refuse(message, err);
		goto out;
	}
	for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
		if (o->val == NULL)
			continue;
		if ((strcmp(o->keyword, "host") == 0 || strcmp(o->keyword, "hostaddr") == 0) &&
		    strchr(o->val, ',') != NULL) {
			st = error_set(err, ERR_CONFIG,
				       "connection string names more than one host");
			error_hint(err, "Name one host for each node.");
			goto out;
		}
		if (strcmp(o->keyword, "connect_timeout") == 0)
			timeout_ms = strtol(o->val, NULL, 10) * 1000;
	}
	*connect_timeout_ms = timeout_ms > 0 ? timeout_ms : 0;
out:
	PQconninfoFree(options);
	PQfreemem(message);
	return st;
}

/* Is it a name that has to be resolved? Not a number, not a unix socket's directory. A list,
 * which only the environment or a service can hold, is left to libpq. */
static bool is_name(const char *host)
{
	const struct addrinfo numeric = { .ai_flags = AI_NUMERICHOST };
	struct addrinfo *address = NULL;

	if (host == NULL || *host == '\0' || *host == '/' || *host == '@' ||
	    strchr(host, ',') != NULL)
		return false;
	if (getaddrinfo(host, NULL, &numeric, &address) != 0)
		return true;
	freeaddrinfo(address);
	return false;
}

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
	for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++) {
		if (strcmp(o->keyword, keyword) == 0)
			return o->val;
	}
	return NULL;
}

/* All that libpq would use to connect to CONNINFO; for PQconninfoFree(). */
static PQconninfoOption *options_of(const char *conninfo)
{
	/* Only libpq knows what environment and service file add, and it tells only of a
	 * connection. This one fails before it begins: no host has three ports. */
	static const char *const keywords[] = { "dbname", "port", NULL };
	const char *const values[] = { conninfo, "1,1,1", NULL };
	PGconn *conn = PQconnectStartParams(keywords, values, 1);
	PQconninfoOption *options = PQconninfo(conn);

	PQfinish(conn);
	return options;
}

bool conninfo_host(const char *conninfo, char *host, size_t size)
{
	PQconninfoOption *options = options_of(conninfo);
	const char *address = value_of(options, "hostaddr");
	const char *name = value_of(options, "host");

	bool found = (address == NULL || *address == '\0') && is_name(name) &&
		     copy_text(host, size, name);
	PQconninfoFree(options);
	return found;
}

bool conninfo_value(const char *conninfo, const char *keyword, char *value, size_t size)
{
	PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
	const char *found = value_of(options, keyword);

	value[0] = '\0';
	bool copied = found != NULL && copy_text(value, size, found);
	PQconninfoFree(options);
	return copied;
}

/* As libpq reads it: in quotes, with backslashes before quotes and backslashes. */
static void add_setting(struct strbuf *out, const char *keyword, const char *value)
{
	strbuf_printf(out, "%s%s='", out->length > 0 ? " " : "", keyword);
	for (const char *c = value; *c != '\0'; c++) {
		if (*c == '\'' || *c == '\\')
			strbuf_add_char(out, '\\');
		strbuf_add_char(out, *c);
	}
	strbuf_add_char(out, '\'');
}

enum status conninfo_with(const char *conninfo, const char *keyword, const char *value, char *made,
			  size_t size, struct error *err)
{
	char *message = NULL;
	PQconninfoOption *options = PQconninfoParse(conninfo, &message);
	struct strbuf out = strbuf_over(made, size);
	enum status st = options == NULL ? refuse(message, err) : OK;

	for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++) {
		if (o->val != NULL && strcmp(o->keyword, keyword) != 0)
			add_setting(&out, o->keyword, o->val);
	}
	add_setting(&out, keyword, value);
	if (st == OK && out.cut)
		st = error_set(err, ERR_CONFIG, "connection string is too long");
	PQconninfoFree(options);
	PQfreemem(message);
	return st;
}

void conninfo_place(const char *conninfo, char *host, size_t size)
{
	PQconninfoOption *options = options_of(conninfo);
	const char *address = value_of(options, "hostaddr");
	const char *name = value_of(options, "host");

	if (name == NULL)
		name = "";
	/* With an address a socket's directory is only a name for the password file. */
	if (address != NULL && *address != '\0' && (*name == '\0' || *name == '/' || *name == '@'))
		name = address;
	copy_text(host, size, name);
	PQconninfoFree(options);
}
