/* SPDX-License-Identifier: PostgreSQL */
/* What PgBouncer refuses, and what it takes. Each case was tried with 1.18, but for those of
 * newer versions, which are by their source. */
#include "proxy_cases.h"

#define APP "[databases]\napp = host=node1\n"

static enum status read_text(const char *text, size_t length, struct error *err)
{
	struct proxy_aliases aliases = aliases_of("app", "5432", "5432");
	struct proxy_said said;

	return proxy_text_read(text, length, &aliases, &said, err);
}

static void what_pgbouncer_takes_is_taken(void **state)
{
	static const char *const texts[] = {
		APP "[databases] b = host=x\n",
		APP "[pgbouncer] [databases] ; comment\nb = host=x\n",
		APP "b =\n",
		APP " = host=x\n",
		APP "a*b.c-d_E = host=x\n",
		APP "b = host=n1 port=5433abc\n",
		APP "b = host=n1 port=99999\n",
		APP "b = host=n1 port=-5\n",
		APP "b = host=n1 pool_size=abc\n",
		APP "b = host=n1 pool_mode=SESSION\n",
		APP "b = host=n'1 port=5433;\n",
		APP "b = host='n1'xport=5433\n",
		APP "* = what ever\n",
		APP "PGBOUNCER = host=x\n",
		APP "[users]\napp = pool_mode=session\n",
		APP "#\n;\n   # = [\n",
		/* of newer versions; and what is included is not looked at */
		APP "b = host=n1 auth_query='select 1' auth_dbname=x server_lifetime=5 "
		    "max_db_client_connections=3 load_balance_hosts=Disable\n",
		APP "[peers]\n1 = host=/tmp\n",
		APP "  %include x.ini ; y\n%include\ty.ini",
	};
	struct error err;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (read_text(texts[i], strlen(texts[i]), &err) != OK)
			fail_msg("%s: %s", texts[i], err.text);
	}
}

#define PAIR    "syntax error, expected \"name = value\""
#define STRING  "syntax error in the alias"
#define UNKNOWN "the alias has a parameter that PgBouncer does not know"

static void what_pgbouncer_refuses_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text; /* behind two lines */
		const char *error;
	} cases[] = {
		{ "\"b\" = host=x", "line 3: " PAIR },
		{ "s\xc3\xbc"
		  "d = host=x",
		  "line 3: " PAIR },
		{ "a b = host=x", "line 3: " PAIR },
		{ "b\n = host=x", "line 3: " PAIR },
		{ "\n\nb = host=x\n stray text\n", "line 6: " PAIR },
		{ "%INCLUDE x.ini", "line 3: " PAIR },
		{ "%include", "line 3: " PAIR },
		{ "[pgbouncer] text", "line 3: " PAIR },
		{ "[databases", "line 3: section has no closing bracket" },
		{ "[foo]", "line 3: PgBouncer knows no such section" },
		{ "[Databases]", "line 3: PgBouncer knows no such section" },
		{ "[ databases ]", "line 3: PgBouncer knows no such section" },
		{ "b = host=x # inline", "line 3: " STRING },
		{ "b = host=x ; inline", "line 3: " STRING },
		{ "b = host=x \\\n port=1", "line 3: " STRING },
		{ "b = host=x port", "line 3: " STRING },
		{ "b = host=", "line 3: " STRING },
		{ "b = host='' port=1", "line 3: " STRING },
		{ "b = host='x port=1", "line 3: " STRING },
		{ "b = host='x'' port=1", "line 3: " STRING },
		{ "b = =x", "line 3: " STRING },
		{ "b = host\t=\tx", "line 3: " UNKNOWN },
		{ "b = host='x'port=1", "line 3: " UNKNOWN },
		{ "b = HOST=x", "line 3: " UNKNOWN },
		{ "b = 'host=x'", "line 3: " UNKNOWN },
		{ "b = host=x port=0", "line 3: invalid value of \"port\"" },
		{ "b = host=x port=y", "line 3: invalid value of \"port\"" },
		{ "b = host=x pool_mode=y", "line 3: invalid value of \"pool_mode\"" },
		{ "b = load_balance_hosts=y", "line 3: invalid value of \"load_balance_hosts\"" },
		{ "b = host=x sslmode=require",
		  "line 3: PgBouncer knows no parameter \"sslmode\" here" },
		{ "b = options=x", "line 3: PgBouncer knows no parameter \"options\" here" },
		{ "pgbouncer = host=x", "line 3: name of the alias is reserved" },
		{ "n234567890123456789012345678901234567890123456789012345678901234 = host=x",
		  "line 3: name of the alias is too long" },
		{ "* = host=x\n\xef\xbb\xbf[users]", "line 4: byte order mark" },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[MADE_MAX];
		struct error err = { .text = "" };
		snprintf(text, sizeof(text), APP "%s", cases[i].text);
		enum status st = read_text(text, strlen(text), &err);
		if (st != ERR_CONFIG || strcmp(err.text, cases[i].error) != 0 ||
		    err.hint[0] == '\0')
			fail_msg("%s: %d, <%s>", cases[i].text, (int)st, err.text);
	}
}

static void a_fallback_that_applications_use_is_checked_too(void **state)
{
	static const char text[] = "* = host=node1 sslmode=require\n";
	struct proxy_aliases aliases = aliases_of("*", "5432", "5432");
	struct proxy_said said;
	struct error err;
	(void)state;

	assert_int_equal(proxy_text_read(text, strlen(text), &aliases, &said, &err), ERR_CONFIG);
}

static void what_hides_a_fallback_that_applications_use_is_refused(void **state)
{
	static const char text[] = "* = host=node1\npostgres = host=node1\n";
	static const char *const names[] = { "*", "* postgres", "postgres" };
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct proxy_aliases aliases = aliases_of(names[i], "5432", "5432");
		struct proxy_said said;
		struct error err;
		assert_int_equal(proxy_text_read(text, strlen(text), &aliases, &said, &err),
				 i == 0 ? ERR_CONFIG : OK);
	}
}

static void a_nul_is_refused_wherever_it_stands(void **state)
{
	static const char text[] = "; c\n[databases]\n%include x\napp = host=node1 port=5432\n\n";
	char copy[sizeof(text)];
	struct error err;
	(void)state;

	for (size_t at = 0; at < strlen(text); at++) {
		memcpy(copy, text, sizeof(text));
		copy[at] = '\0';
		assert_int_equal(read_text(copy, strlen(text), &err), ERR_CONFIG);
	}
}

/* A blank or a quote in the wrong place makes a name of a password. */
static void no_message_shows_a_password(void **state)
{
	static const char *const passwords[] = {
		"password=sesame",   "password= sesame", "password=open sesame",
		"password='sesame",  "sesame",           "password=a sesame=x",
		"password\t=sesame", "pass word=sesame",
	};
	static const char *const places[] = {
		"app = host=node1 %s",
		"app = %s host=node1",
		"app = host=%s",
		"app = port=%s",
		"app = pool_mode=%s",
		"%s",
		"[%s]",
		"; bdrmon/1 %s\napp = host=x",
	};
	struct proxy_aliases aliases = aliases_of("app", "5432", "5432");
	static const struct proxy_file wish = { .epoch = 1 };
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(passwords) * ARRAY_LEN(places); i++) {
		struct proxy_said said = { .odd = "" };
		struct error err = { .text = "", .hint = "" };
		char text[MADE_MAX] = "", made[MADE_MAX];
		struct strbuf out = STRBUF(text);
		size_t length;
		const char *place = places[i % ARRAY_LEN(places)], *at = strstr(place, "%s");

		strbuf_add_bytes(&out, place, (size_t)(at - place));
		strbuf_add(&out, passwords[i / ARRAY_LEN(places)]);
		strbuf_add(&out, at + strlen("%s"));
		proxy_text_read(text, strlen(text), &aliases, &said, &err);
		assert_null(strstr(said.odd, "sesame"));
		assert_null(strstr(err.text, "sesame"));
		assert_null(strstr(err.hint, "sesame"));
		proxy_text_edit(text, strlen(text), &aliases, &wish, made, sizeof(made), &length,
				&err);
		assert_null(strstr(err.text, "sesame"));
		assert_null(strstr(err.hint, "sesame"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_pgbouncer_takes_is_taken),
		cmocka_unit_test(what_pgbouncer_refuses_is_refused_with_its_line),
		cmocka_unit_test(a_fallback_that_applications_use_is_checked_too),
		cmocka_unit_test(what_hides_a_fallback_that_applications_use_is_refused),
		cmocka_unit_test(a_nul_is_refused_wherever_it_stands),
		cmocka_unit_test(no_message_shows_a_password),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
