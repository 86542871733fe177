/* SPDX-License-Identifier: PostgreSQL */
#include "place_bed.h"

#include <pthread.h>

#define ROUNDS 200

struct writer {
	struct bed *bed;
	struct file_place place;
	char text[64];
	pthread_barrier_t *start;
	enum replaced end;
	enum status st;
	struct error err;
};

static void *write_at_once(void *argument)
{
	struct writer *writer = argument;
	struct pg_wait wait = within(FAR_MS);

	pthread_barrier_wait(writer->start);
	writer->st = file_place_replace(&writer->place, &writer->bed->copy, writer->text,
					strlen(writer->text), writer->bed->copy.host_us + FAR_US,
					&wait, &writer->end, &writer->err);
	return NULL;
}

/* Who takes which way: most times both go the one that takes no time. */
static const unsigned char mixtures[8][2] = { { 0, 1 }, { 0, 0 }, { 1, 0 }, { 0, 0 },
					      { 0, 0 }, { 1, 1 }, { 0, 0 }, { 0, 0 } };

static void of_two_writers_at_the_same_moment_one_wins(void **state)
{
	struct bed *bed = *state;
	pthread_barrier_t start;
	pthread_t threads[2];
	unsigned wins[2] = { 0 };

	pthread_barrier_init(&start, NULL, 2);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct writer writers[2] = { 0 };
		assert_done(bed, read_it(bed));
		for (unsigned i = 0; i < 2; i++) {
			struct writer *writer = &writers[i];
			writer->bed = bed;
			writer->place = bed->place;
			writer->start = &start;
			COPY_TEXT(writer->place.command, ways[mixtures[round % 8][i]]);
			snprintf(writer->text, sizeof writer->text, "round %u writer %u\n", round,
				 i);
			pthread_create(&threads[i], NULL, write_at_once, writer);
		}
		for (unsigned i = 0; i < 2; i++)
			pthread_join(threads[i], NULL);
		for (unsigned i = 0; i < 2; i++) {
			if (writers[i].st != OK)
				print_error("%s\n", writers[i].err.text);
			assert_int_equal(writers[i].st, OK);
			wins[i] += writers[i].end == REPLACED_WON;
		}
		bool second = writers[1].end == REPLACED_WON;
		assert_int_equal(writers[0].end == REPLACED_WON, !second);
		assert_true(HOLDS(FILE_NAME, writers[second].text));
	}
	pthread_barrier_destroy(&start);
	assert_int_equal(wins[0] + wins[1], ROUNDS);
	print_message("of %u rounds the first thread has won %u\n", ROUNDS, wins[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BED(of_two_writers_at_the_same_moment_one_wins),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
