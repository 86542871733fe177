/* SPDX-License-Identifier: PostgreSQL */
#include "connstr.h"

#include "bdrmon/lookup.h"

#include <string.h>
#include <strings.h>

#define WORD_MAX 32

static bool is_port(const struct parameter *parameter)
{
	return parameter_number(parameter) != 0;
}

static bool is_one_of(const struct parameter *parameter, const char *const *words)
{
	char text[WORD_MAX];

	if (!parameter_value(parameter, text, sizeof(text)))
		return false;
	while (*words != NULL && strcasecmp(*words, text) != 0)
		words++;
	return *words != NULL;
}

static bool is_pool_mode(const struct parameter *parameter)
{
	static const char *const modes[] = { "session", "transaction", "statement", NULL };

	return is_one_of(parameter, modes);
}

static bool is_balance(const struct parameter *parameter)
{
	static const char *const ways[] = { "disable", "round-robin", NULL };

	return is_one_of(parameter, ways);
}

/* What an alias may have, of all versions; one that is too new for the PgBouncer that runs is
 * not found here. Source: PgBouncer, loader.c, 1.18 and of 2026. */
static const struct known {
	const char *name;
	bool travels;                                     /* to the probe aliases */
	bool (*check)(const struct parameter *parameter); /* NULL: anything goes */
} known[] = {
	{ "dbname", true, NULL },
	{ "host", false, NULL },
	{ "port", false, is_port },
	{ "user", true, NULL },
	{ "password", true, NULL },
	{ "auth_user", true, NULL },
	{ "auth_query", true, NULL },
	{ "auth_dbname", true, NULL },
	{ "client_encoding", true, NULL },
	{ "datestyle", true, NULL },
	{ "timezone", true, NULL },
	{ "application_name", true, NULL },
	{ "pool_mode", false, is_pool_mode },
	{ "pool_size", false, NULL },
	{ "min_pool_size", false, NULL },
	{ "reserve_pool", false, NULL },
	{ "reserve_pool_size", false, NULL },
	{ "max_db_connections", false, NULL },
	{ "max_db_client_connections", false, NULL },
	{ "connect_query", false, NULL },
	{ "server_lifetime", true, NULL },
	{ "load_balance_hosts", true, is_balance },
	{ "target_session_attrs", true, NULL },
};

/* What libpq knows, and people write: these are no secrets, and may be named. */
static const struct {
	const char *name, *instead; /* a parameter of [pgbouncer]; NULL: none */
} foreign[] = {
	{ "connect_timeout", "server_connect_timeout" },
	{ "sslmode", "server_tls_sslmode" },
	{ "sslrootcert", "server_tls_ca_file" },
	{ "sslcert", "server_tls_cert_file" },
	{ "sslkey", "server_tls_key_file" },
	{ "keepalives", "tcp_keepalive" },
	{ "keepalives_idle", "tcp_keepidle" },
	{ "keepalives_interval", "tcp_keepintvl" },
	{ "keepalives_count", "tcp_keepcnt" },
	{ "tcp_user_timeout", "tcp_user_timeout" },
	{ "hostaddr", NULL },
	{ "options", NULL },
	{ "passfile", NULL },
	{ "service", NULL },
	{ "gssencmode", NULL },
	{ "channel_binding", NULL },
	{ "fallback_application_name", NULL },
};

static const struct known *find(const struct parameter *parameter)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (span_is(parameter->key, known[i].name))
			return &known[i];
	}
	return NULL;
}

bool parameter_travels(const struct parameter *parameter)
{
	const struct known *row = find(parameter);

	return row != NULL && row->travels;
}

static enum status refuse_unknown(const struct parameter *parameter, unsigned line,
				  struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		if (!span_is(parameter->key, foreign[i].name))
			continue;
		error_set(err, ERR_CONFIG, "line %u: PgBouncer knows no parameter \"%s\" here",
			  line, foreign[i].name);
		error_hint(err, "It refuses the whole file.%s%s%s",
			   foreign[i].instead == NULL ? "" : " Use \"",
			   foreign[i].instead == NULL ? "" : foreign[i].instead,
			   foreign[i].instead == NULL ? "" : "\" in [pgbouncer] instead.");
		return ERR_CONFIG;
	}
	error_set(err, ERR_CONFIG,
		  "line %u: the alias has a parameter that PgBouncer does not know", line);
	error_hint(err, "It refuses the whole file. Only blanks part parameters, and a value with "
			"a blank needs quotes: password='two words'.");
	return ERR_CONFIG;
}

static enum status check_parameter(const struct parameter *parameter, unsigned line,
				   struct error *err)
{
	const struct known *row = find(parameter);

	if (row == NULL)
		return refuse_unknown(parameter, line, err);
	if (row->check == NULL || row->check(parameter))
		return OK;
	error_set(err, ERR_CONFIG, "line %u: invalid value of \"%s\"", line, row->name);
	error_hint(err, "PgBouncer refuses the whole file.");
	return ERR_CONFIG;
}

enum status connstr_check(struct span value, unsigned line, struct error *err)
{
	struct connstr connstr = connstr_of(value);
	struct parameter parameter;
	enum connstr_found found;
	enum status st = OK;

	while (st == OK && (found = connstr_next(&connstr, &parameter)) != CONNSTR_END) {
		if (found == CONNSTR_PARAMETER) {
			st = check_parameter(&parameter, line, err);
			continue;
		}
		st = error_set(err, ERR_CONFIG, "line %u: syntax error in the alias", line);
		error_hint(err, "PgBouncer refuses the whole file. Write \"name = host=node1 "
				"port=5432\", with ' around a value that has blanks; no value is "
				"empty, and no comment follows it.");
	}
	return st;
}
