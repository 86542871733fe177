/* SPDX-License-Identifier: PostgreSQL */
/* Whatever stands in the file: no crash, an end, and an answer that fits itself. */
#include "config_file.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#define INPUTS    2000
#define BYTES_MAX 3000

/* A generator of our own, so that each run has the same inputs. */
static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void check_answer(enum status st, const struct config_report *report)
{
	unsigned errors = 0;

	assert_true(st == OK || st == ERR_CONFIG);
	assert_true((st == OK) == (report->errors == 0));
	assert_true(report->count <= CONFIG_MESSAGES_MAX);
	for (unsigned i = 0; i < report->count; i++) {
		assert_true(report->message[i].text[0] != '\0');
		errors += report->message[i].severity == CONFIG_ERROR;
	}
	assert_true((errors == 0) == (report->errors == 0));
}

static void random_bytes_never_crash(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	static char bytes[BYTES_MAX];
	uint32_t seed = 20170727;

	for (unsigned i = 0; i < INPUTS; i++) {
		size_t length = next(&seed) % (i % 10 == 0 ? BYTES_MAX : 200);
		for (size_t j = 0; j < length; j++)
			bytes[j] = (char)next(&seed);
		check_answer(read_bytes(bytes, length, &config, &report), &report);
	}
}

/* Words that lead deeper into the reader than bytes do. */
static const char *const words[] = {
	"\n",
	"\n",
	"\n",
	"=",
	"=",
	" ",
	"\t",
	"\r\n",
	"'",
	"\"",
	"#",
	";",
	"[",
	"]",
	":",
	"\\",
	"node_id",
	"node_name",
	"1",
	"5s",
	"conninfo",
	"[node a]",
	"[probe]",
	"[monitor]\nlocal=none\n",
	"timeout",
	"2ms",
	"host=a",
	"event_notification_command",
	"%n",
	"$(",
	"`",
	"event_notifications",
	"bdr_failove",
	",",
	"all",
	"reconect_attempts",
	"loglevel",
	"cluster",
	"\xef\xbb\xbf",
	"[node b]\nnode_id=2\n",
	"stale",
	"0.1",
	"promote_command",
	"[pgbouncer x]\n",
	"[pgbouncer y]\nfile=/x\n",
	"aliases",
	"targets",
	"a=[::1]:5",
	"ssh",
	"home",
	"include 'x'",
	"node=1",
	"''",
	"ssh -c '%d'",
	"[failover]",
	"act_on",
	"denied",
	"early_pause=on",
	"passfile",
};

static void random_words_never_crash(void **state)
{
	(void)state;
	static struct config config;
	static struct config_report report;
	static char bytes[BYTES_MAX];
	uint32_t seed = 42;

	for (unsigned i = 0; i < INPUTS; i++) {
		struct strbuf text = STRBUF(bytes);
		unsigned count = next(&seed) % 80;
		if (i % 2 == 0)
			strbuf_add(&text, MINIMUM);
		while (count-- > 0)
			strbuf_add(&text, words[next(&seed) % ARRAY_LEN(words)]);
		check_answer(read_bytes(text.text, text.length, &config, &report), &report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_bytes_never_crash),
		cmocka_unit_test(random_words_never_crash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
