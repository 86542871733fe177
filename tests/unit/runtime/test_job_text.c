/* SPDX-License-Identifier: PostgreSQL */
#include "../../../src/runtime/job_text.h"

#include "bdrmon/lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Each of them in each place where a text can stand. */
static const char *const hostile[] = {
	"",
	" ",
	"plain",
	"host=b password='it''s \\ s3cret'",
	"\n",
	"\\n",
	"\\\\\n\\",
	"two\nlines\n",
	"\njob 1\nattempts 0\nevent bdr_failover\n",
	"checksum 00000000",
	"\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x98",
	"\x01\x1b[31m\x7f\xff\xfe\r\t",
};

static void fill(char *text, size_t size, const char *value)
{
	memset(text, 0, size);
	copy_text(text, size, value);
}

static struct kept_job make(const char *value)
{
	struct kept_job kept;

	memset(&kept, 0, sizeof kept);
	kept.serial = INT64_C(1763868406000001);
	kept.attempts = 2;
	kept.job.event = EVENT_BDR_RECOVERY;
	kept.job.success = true;
	kept.job.node_id = INT32_MAX;
	kept.job.former_id = -1;
	fill(kept.job.timestamp, sizeof kept.job.timestamp, value);
	fill(kept.job.details, sizeof kept.job.details, value);
	fill(kept.job.conninfo, sizeof kept.job.conninfo, value);
	fill(kept.job.node_name, sizeof kept.job.node_name, value);
	fill(kept.job.cluster, sizeof kept.job.cluster, value);
	return kept;
}

static void assert_same(const struct kept_job *a, const struct kept_job *b)
{
	assert_int_equal(a->serial, b->serial);
	assert_int_equal(a->attempts, b->attempts);
	assert_int_equal(a->job.event, b->job.event);
	assert_int_equal(a->job.success, b->job.success);
	assert_int_equal(a->job.confirmed, b->job.confirmed);
	assert_int_equal(a->job.node_id, b->job.node_id);
	assert_int_equal(a->job.former_id, b->job.former_id);
	assert_string_equal(a->job.timestamp, b->job.timestamp);
	assert_string_equal(a->job.details, b->job.details);
	assert_string_equal(a->job.conninfo, b->job.conninfo);
	assert_string_equal(a->job.node_name, b->job.node_name);
	assert_string_equal(a->job.cluster, b->job.cluster);
}

static void each_value_comes_back_as_it_was(void **state)
{
	char memory[2 * JOB_TEXT_MAX];
	struct kept_job got;
	(void)state;

	for (unsigned i = 0; i < ARRAY_LEN(hostile); i++) {
		struct strbuf text = STRBUF(memory);
		const struct kept_job kept = make(hostile[i]), other = make("x");
		const char *at = memory;

		job_write(&text, &kept);
		job_write(&text, &other);
		assert_true(job_read(&at, &got));
		assert_same(&got, &kept);
		assert_true(job_read(&at, &got));
		assert_same(&got, &other);
		assert_string_equal(at, "");
		assert_false(job_read(&at, &got));
	}
}

static void each_event_comes_back(void **state)
{
	char memory[JOB_TEXT_MAX];
	struct kept_job got, kept = make("x");
	(void)state;

	for (unsigned i = 0; i < EVENT_KINDS; i++) {
		struct strbuf text = STRBUF(memory);
		const char *at = memory;
		kept.job.event = (enum event_kind)i;
		job_write(&text, &kept);
		assert_true(job_read(&at, &got));
		assert_int_equal(got.job.event, i);
	}
}

/* Every byte needs two. */
static void the_longest_job_has_room(void **state)
{
	char memory[JOB_TEXT_MAX], *long_text = malloc(CONNINFO_MAX);
	struct strbuf text = STRBUF(memory);
	const char *at = memory;
	struct kept_job got;
	(void)state;

	memset(long_text, '\n', CONNINFO_MAX - 1);
	long_text[CONNINFO_MAX - 1] = '\0';
	struct kept_job kept = make(long_text);
	kept.serial = INT64_MIN;
	kept.attempts = INT32_MIN;
	kept.job.node_id = kept.job.former_id = INT32_MIN;
	job_write(&text, &kept);
	assert_false(text.cut);
	assert_true(job_read(&at, &got));
	assert_same(&got, &kept);
	free(long_text);
}

/* Cut anywhere, with a line left out, or with a line too much, it is not taken. */
static void what_is_not_whole_is_not_taken(void **state)
{
	char memory[JOB_TEXT_MAX], cut[JOB_TEXT_MAX];
	struct strbuf text = STRBUF(memory);
	struct kept_job got, kept = make("a\\b\nc");
	const char *at;
	(void)state;

	job_write(&text, &kept);
	for (size_t length = 0; length < text.length; length++) {
		memcpy(cut, memory, length);
		cut[length] = '\0';
		at = cut;
		assert_false(job_read(&at, &got));
		assert_ptr_equal(at, cut);
	}
	for (const char *line = memory; *line != '\0'; line = strchr(line, '\n') + 1) {
		memcpy(cut, memory, (size_t)(line - memory));
		strcpy(cut + (line - memory), strchr(line, '\n') + 1);
		at = cut;
		assert_false(job_read(&at, &got));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_comes_back_as_it_was),
		cmocka_unit_test(each_event_comes_back),
		cmocka_unit_test(the_longest_job_has_room),
		cmocka_unit_test(what_is_not_whole_is_not_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
