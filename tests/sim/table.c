/* SPDX-License-Identifier: PostgreSQL */
/* The named scenarios as a table: what is expected, what bdrmon does, what repmgrd's rule
 * does. A page of the documentation holds it; the test compares. */
#include "table.h"

#include "story.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define STORIES_MAX 256
#define CELL_MAX    96

static int is_story(const struct dirent *entry)
{
	return strstr(entry->d_name, ".story") != NULL;
}

static int print_range(char *out, size_t size, const char *name, const struct range *range)
{
	if (range->least == range->most)
		return snprintf(out, size, "%s%u ", name, range->most);
	return snprintf(out, size, "%s%u-%u ", name, range->least, range->most);
}

static void print_expected(char *out, size_t size, const struct expected *e)
{
	int length = print_range(out, size, "c", &e->commands);
	print_range(out + length, size - (size_t)length, "m", &e->moves);
}

/* c1! m1 h0 o0.0/2.9: an exclamation mark for each command on a living node. */
static void print_outcome(char *out, size_t size, const struct world *w)
{
	const struct outcome_of_story *o = &w->out;
	int length = snprintf(out, size, "c%u%.*s m%u", o->commands,
			      (int)(o->alive < 8 ? o->alive : 8), "!!!!!!!!", o->moves);

	if (o->harm > 0)
		length += snprintf(out + length, size - (size_t)length, " h%u", o->harm);
	for (unsigned i = 0; i < PROXIES && w->proxy[i].present; i++)
		length += snprintf(out + length, size - (size_t)length, "%s%.1f",
				   i == 0 ? " o" : "/", (double)o->worst[i] / SECOND);
	if (o->together > 0)
		snprintf(out + length, size - (size_t)length, " together");
}

static bool within(unsigned value, const struct range *range)
{
	return value >= range->least && value <= range->most;
}

static bool as_expected(const struct world *w, const struct expected *e)
{
	const struct outcome_of_story *o = &w->out;
	bool in_time = true;

	if (!e->given)
		return o->broken == NULL;
	for (unsigned i = 0; i < PROXIES; i++)
		in_time = in_time && o->worst[i] <= e->worst_ms * MS;
	return o->broken == NULL && within(o->commands, &e->commands) &&
	       within(o->moves, &e->moves) && o->harm <= e->harm && o->alive <= e->alive && in_time;
}

static bool tell_one(struct world *w, const char *path, FILE *out)
{
	char expected[CELL_MAX], ours[CELL_MAX], theirs[CELL_MAX];
	struct story story;

	if (!story_read(&story, path, stderr))
		return false;
	world_run(w, &story, false);
	bool good = as_expected(w, &story.expected);
	print_expected(expected, sizeof expected, &story.expected);
	print_outcome(ours, sizeof ours, w);
	if (!good) {
		fprintf(stderr, "%s: not as expected: %s%s%s\n", path, ours,
			w->out.broken != NULL ? ", broken: " : "",
			w->out.broken != NULL ? w->out.what : "");
	}
	story.settings.repmgrd = true;
	world_run(w, &story, false);
	print_outcome(theirs, sizeof theirs, w);
	fprintf(out, "| %s | %s| %s | %s |\n", story.title, expected, ours, theirs);
	return good;
}

static const char head[] =
	"# Named scenarios\n"
	"\n"
	"Written by the test `sim.scenarios` (`WRITE_GOLDEN=1` writes it anew); the stories are "
	"in\n"
	"`tests/sim/stories/`. Settings: interval 1 s, one attempt, deadline 1 s, and\n"
	"`on_no_quorum=wait` unless the scenario says otherwise; two proxies, one for each node, "
	"on\n"
	"hosts of their own.\n"
	"\n"
	"c: commands, with a `!` for each that is run against a living node; m: moves of a proxy;\n"
	"h: moves off a node that the proxy could use; o: the longest outage of each proxy's\n"
	"applications in seconds.\n"
	"\n"
	"| scenario | expected | bdrmon | repmgrd's rule |\n"
	"|---|---|---|---|\n";

bool table_tell(struct world *w, const char *folder, FILE *out)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_story, alphasort);
	bool good = count > 0;

	fputs(head, out);
	for (int i = 0; i < count; i++) {
		char path[512];
		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		good = tell_one(w, path, out) && good;
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return good;
}

static bool same_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "r");
	bool same = file != NULL;

	for (const char *p = text; same && *p != '\0'; p++)
		same = getc(file) == (unsigned char)*p;
	same = same && getc(file) == EOF;
	if (file != NULL)
		fclose(file);
	return same;
}

/* Compare the table with the page, or write the page. */
int table_check(struct world *w, const char *folder, const char *page)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return 2;
	bool good = table_tell(w, folder, out);
	fclose(out);
	fputs(text, stdout);
	if (getenv("WRITE_GOLDEN") != NULL) {
		FILE *file = fopen(page, "w");
		if (file != NULL) {
			fputs(text, file);
			fclose(file);
		}
	}
	if (!same_text(page, text)) {
		fprintf(stderr, "%s is not what the scenarios give; WRITE_GOLDEN=1 writes it\n",
			page);
		good = false;
	}
	free(text);
	return good ? 0 : 1;
}
