/* SPDX-License-Identifier: PostgreSQL */
/* libpq is asked what it takes for a password in a random text: none of it may be left
 * in the text that secret_mask() shows. */
#include "bdrmon/secret.h"

#include "bdrmon/lookup.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CANARY     "hunter2"
#define TEXTS      200000
#define SECRET_MIN 1000 /* texts in which libpq found a canary for a password */

static const char *const words[] = {
	"password=", "password",    " = ",
	"=",         " ",           "  ",
	"'",         "'",           "\\",
	"\\'",       "\"",          ":",
	"@",         "/",           "?",
	"&",         "%20",         "%40",
	"x",         "host=a",      "user=",
	"u",         "\n",          "\t",
	"passwd=",   "%70assword=", "sslpassword=",
	"sslkey=",   CANARY,        CANARY,
	CANARY,
};

static const char *const beginnings[] = {
	"", "", "host=a ", "postgresql://", "postgresql://u:", "postgres://h/d?",
};

static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static unsigned count(const char *text)
{
	unsigned found = 0;
	for (const char *at = text; (at = strstr(at, CANARY)) != NULL; at++)
		found++;
	return found;
}

/* How many canaries libpq finds in the passwords of TEXT. */
static unsigned count_secret(const char *text)
{
	unsigned found = 0;
	PQconninfoOption *options = PQconninfoParse(text, NULL);
	if (options == NULL)
		return 0;
	for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
		if (o->val != NULL && o->dispchar[0] == '*')
			found += count(o->val);
	}
	PQconninfoFree(options);
	return found;
}

static void nothing_that_libpq_takes_for_a_password_is_shown(void **state)
{
	static char text[1024], memory[4096];
	uint32_t seed = 20171123;
	unsigned with_secret = 0;
	(void)state;

	for (unsigned i = 0; i < TEXTS; i++) {
		struct strbuf out = STRBUF(text), shown = STRBUF(memory);
		strbuf_add(&out, beginnings[next(&seed) % ARRAY_LEN(beginnings)]);
		for (unsigned n = 1 + next(&seed) % 12; n > 0; n--)
			strbuf_add(&out, words[next(&seed) % ARRAY_LEN(words)]);
		unsigned secret = count_secret(text);
		if (secret == 0)
			continue;
		with_secret++;
		secret_mask(&shown, text);
		/* A later setting of a name takes the place of an earlier one, so there may be
		 * more in the text than libpq gives; never less. */
		if (count(memory) + secret > count(text))
			fail_msg("<%s> is shown as <%s>", text, memory);
	}
	assert_true(with_secret > SECRET_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_that_libpq_takes_for_a_password_is_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
