/* SPDX-License-Identifier: PostgreSQL */
/* Reads a file with aliases and replaces it, as the monitor does, ROUNDS times; says for each how
 * long both took, in ms, and what came of it.
 * usage: place_file TARGET DIRECTORY FILE ROUNDS WINDOW_MS DEADLINE_MS [COMMAND]
 *        COMMAND: of a shell, before the one that is made for TARGET */
#include "bdrmon/clock.h"
#include "bdrmon/file_place.h"
#include "bdrmon/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double ms_since(struct instant begun)
{
	return (double)us_between(begun, clock_now()) / 1000;
}

static enum status round_trips(const struct file_place *place, struct file_copy *copy,
			       char **limits, struct error *err)
{
	const int64_t window_ms = atoi(limits[0]), deadline_ms = atoi(limits[1]);
	char text[64];
	static const char *const words[] = { "won", "lost", "late" };
	enum replaced end = REPLACED_LOST;

	struct instant begun = clock_now();
	struct pg_wait wait = { instant_add_ms(begun, deadline_ms), -1 };
	enum status st = file_place_read(place, &wait, copy, err);
	printf("%.1f ", ms_since(begun));
	if (st != OK)
		return st;
	int length = snprintf(text, sizeof text, "at %lld\n", (long long)begun.us);
	begun = clock_now();
	wait.deadline = instant_add_ms(begun, deadline_ms);
	st = file_place_replace(place, copy, text, (size_t)length, copy->host_us + window_ms * 1000,
				&wait, &end, err);
	printf("%.1f ", ms_since(begun));
	if (st == OK)
		puts(words[end]);
	return st;
}

int main(int argc, char **argv)
{
	struct file_place place = { 0 };
	struct file_copy *copy = malloc(sizeof *copy);
	char made[COMMAND_MAX];
	struct error err;

	if (argc < 7 || copy == NULL)
		return 2;
	enum status st = file_place_ssh(argv[1], argv[2], made, &err);
	struct strbuf command = STRBUF(place.command);
	strbuf_printf(&command, "%s %s", argc > 7 ? argv[7] : "", st == OK ? made : "");
	COPY_TEXT(place.file, argv[3]);
	for (int left = atoi(argv[4]); st == OK && left > 0; left--)
		st = round_trips(&place, copy, &argv[5], &err);
	if (st != OK)
		printf("%s: %s\n", st == ERR_TIMEOUT ? "timeout" : "error", err.text);
	free(copy);
	return 0;
}
