/* SPDX-License-Identifier: PostgreSQL */
/* sim - the two-node rules in a simulated world.
 *
 * usage: sim SEED              one random schedule, told; exit 1 if an invariant is broken
 *        sim FROM COUNT        so many seeds; the first one that breaks something is shrunk
 *        sim FILE.story        a kept story
 *        sim --table FOLDER PAGE   the stories of a folder as a table, compared with a page
 * option before: --repmgrd     repmgrd's algorithm in the same world
 *                --first       of many, the end is the first one that breaks something
 */
#include "parts.h"
#include "schedule.h"
#include "setting.h"
#include "story.h"
#include "table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* So many bad schedules are shrunk and told. */
#define TOLD_AT_MOST 10

static struct world world;

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static int run_one(const struct story *story)
{
	story_print(story, stdout);
	world_run(&world, story, true);
	story_result(&world, stdout);
	return world.out.broken != NULL;
}

static int run_to_first(uint64_t from, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		struct story story;
		schedule_make(&story, from + i);
		world_run(&world, &story, false);
		if (world.out.broken != NULL) {
			printf("seed %" PRIu64 ": %s: %s\n", from + i, world.out.broken,
			       world.out.what);
			return 1;
		}
	}
	return 0;
}

static int run_many(uint64_t from, uint64_t count, bool repmgrd)
{
	double begin = cpu_seconds();
	uint64_t bad = 0, commands = 0, moves = 0, alive = 0;
	int64_t repair = 0, settled = 0;

	for (uint64_t i = 0; i < count; i++) {
		struct story story;
		schedule_make(&story, from + i);
		story.settings.repmgrd = repmgrd;
		world_run(&world, &story, false);
		commands += world.out.commands;
		moves += world.out.moves;
		alive += world.out.alive;
		repair = world.out.repair > repair ? world.out.repair : repair;
		settled = world.out.settled > settled ? world.out.settled : settled;
		if (world.out.broken == NULL)
			continue;
		if (bad++ >= TOLD_AT_MOST || repmgrd)
			continue;
		printf("seed %" PRIu64 ": %s: %s\n", from + i, world.out.broken, world.out.what);
		schedule_shrink(&world, &story);
		story_print(&story, stdout);
	}
	double seconds = cpu_seconds() - begin;
	printf("%" PRIu64 " schedules, seeds %" PRIu64 " to %" PRIu64 ": %" PRIu64
	       " with a violation; %" PRIu64 " commands (%" PRIu64 " on living nodes), %" PRIu64
	       " moves; longest repair %.2f s, longest settling %.2f s; %.1f s, %.0f a second\n",
	       count, from, from + count - 1, bad, commands, alive, moves, (double)repair / SECOND,
	       (double)settled / SECOND, seconds, (double)count / seconds);
	if (repmgrd)
		return bad == 0; /* it must be caught */
	return bad != 0;
}

int main(int argc, char **argv)
{
	bool repmgrd = argc > 1 && strcmp(argv[1], "--repmgrd") == 0;
	bool first = argc == 4 && strcmp(argv[1], "--first") == 0;
	struct story story;

	if (argc == 4 && strcmp(argv[1], "--table") == 0)
		return table_check(&world, argv[2], argv[3]);
	if (first)
		return run_to_first(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
	argc -= repmgrd;
	argv += repmgrd;
	if (argc == 3)
		return run_many(strtoull(argv[1], NULL, 10), strtoull(argv[2], NULL, 10), repmgrd);
	if (argc != 2) {
		fprintf(stderr, "usage: sim [--repmgrd] SEED | FROM COUNT | FILE.story\n");
		return 2;
	}
	if (strstr(argv[1], ".story") == NULL)
		schedule_make(&story, strtoull(argv[1], NULL, 10));
	else if (!story_read(&story, argv[1], stderr))
		return 2;
	story.settings.repmgrd = repmgrd;
	return run_one(&story);
}
