/* SPDX-License-Identifier: PostgreSQL */
#include "story.h"

#include "fault_table.h"
#include "setting.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_LENGTH 200

/* ------------------------------------------------------------------ reading */

static bool read_host(const char *word, size_t length, unsigned *host)
{
	for (unsigned h = 0; h < HOSTS; h++) {
		if (strlen(host_name(h)) == length && strncmp(host_name(h), word, length) == 0) {
			*host = h;
			return true;
		}
	}
	return false;
}

/* One word that stands for the object of KIND. */
static bool read_object(char kind, const char *word, size_t length, unsigned *object)
{
	switch (kind) {
	case 'n':
		return read_host(word, length, object) && *object < NODES;
	case 'm':
		*object = (unsigned)(word[0] - '1');
		return length == 1 && *object < MONITORS;
	case 'p':
		if (!read_host(word, length, object) || *object < HOST_P1)
			return false;
		*object -= HOST_P1;
		return *object < PROXIES;
	default:
		return read_host(word, length, object);
	}
}

/* Does TEXT, up to its end or " for ", say what PATTERN says? Its objects go into FAULT. */
static const char *match(const char *pattern, const char *text, struct fault *fault)
{
	unsigned objects = 0, object;

	while (*pattern != '\0') {
		if (*pattern != '%') {
			if (*pattern++ != *text++)
				return NULL;
			continue;
		}
		size_t length = strcspn(text, " ");
		if (pattern[1] == 'v')
			fault->value = (int32_t)strtol(text, NULL, 10);
		else if (!read_object(pattern[1], text, length, &object))
			return NULL;
		else if (objects++ == 0)
			fault->a = (uint8_t)object;
		else
			fault->b = (uint8_t)object;
		pattern += 2;
		text += length;
	}
	return *text == '\0' || strncmp(text, " for ", 5) == 0 ? text : NULL;
}

static bool read_fault(struct story *story, const char *text)
{
	unsigned count;
	const struct fault_kind *kinds = fault_kinds(&count);
	char *rest;
	int64_t at = strtoll(text, &rest, 10);

	if (*rest++ != ' ' || story->count == FAULTS_MAX)
		return false;
	for (unsigned k = 0; k < count; k++) {
		struct fault fault = { .at = at * MS, .kind = (uint8_t)k };
		const char *end = match(kinds[k].text, rest, &fault);
		if (end == NULL)
			continue;
		if (*end != '\0')
			fault.lasts = strtoll(end + 5, NULL, 10) * MS;
		story->fault[story->count++] = fault;
		return true;
	}
	return false;
}

static const char *read_range(const char *text, struct range *range)
{
	char *end;
	range->least = range->most = (unsigned)strtoul(text, &end, 10);
	if (*end == '-')
		range->most = (unsigned)strtoul(end + 1, &end, 10);
	return end;
}

/* expect commands 1 moves 0-1 alive 0 harm 0 outage 2900 */
static bool read_expected(struct expected *e, const char *text)
{
	struct range range;

	e->given = true;
	while (*text != '\0') {
		size_t length = strcspn(text, " ");
		const char *value = text + length + 1;
		if (text[length] == '\0')
			return false;
		const char *end = read_range(value, &range);
		if (strncmp(text, "commands", length) == 0)
			e->commands = range;
		else if (strncmp(text, "moves", length) == 0)
			e->moves = range;
		else if (strncmp(text, "harm", length) == 0)
			e->harm = range.most;
		else if (strncmp(text, "alive", length) == 0)
			e->alive = range.most;
		else if (strncmp(text, "outage", length) == 0)
			e->worst_ms = range.most;
		else
			return false;
		text = end + strspn(end, " ");
	}
	return true;
}

static bool read_setting(struct story *story, const char *word, const char *value)
{
	struct settings *s = &story->settings;

	if (strcmp(word, "layout") == 0)
		return (s->layout = setting_by_name(value)) != NULL;
	if (strcmp(word, "on_no_quorum") == 0)
		s->act = strcmp(value, "act") == 0;
	else if (strcmp(word, "keep_together") == 0)
		s->together = strcmp(value, "on") == 0;
	else if (strcmp(word, "max_failovers") == 0)
		s->max_failovers = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(word, "attempts") == 0)
		s->attempts = (int)strtol(value, NULL, 10);
	else if (strcmp(word, "seed") == 0)
		story->seed = strtoull(value, NULL, 10);
	else if (strcmp(word, "until") == 0)
		story->until = strtoll(value, NULL, 10) * MS;
	else if (strcmp(word, "story") == 0)
		snprintf(story->title, sizeof story->title, "%s", value);
	else if (strcmp(word, "at") == 0)
		return read_fault(story, value);
	else if (strcmp(word, "expect") == 0)
		return read_expected(&story->expected, value);
	else
		return false;
	return true;
}

bool story_read(struct story *story, const char *path, FILE *complaints)
{
	char line[LINE_MAX_LENGTH];
	FILE *file = fopen(path, "r");
	int number = 0;
	bool good = file != NULL;

	*story = (struct story) { .seed = 1, .settings = settings_default() };
	if (!good)
		fprintf(complaints, "%s: cannot be read\n", path);
	while (good && fgets(line, sizeof line, file) != NULL) {
		number++;
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		char *space = strchr(line, ' ');
		good = space != NULL;
		if (good)
			*space = '\0';
		good = good && read_setting(story, line, space + 1);
		if (!good)
			fprintf(complaints, "%s:%d: nothing that a story says\n", path, number);
	}
	if (file != NULL)
		fclose(file);
	return good;
}

/* ----------------------------------------------------------------- printing */

static void print_fault(const struct fault *f, FILE *out)
{
	unsigned count, objects = 0;
	const char *text = fault_kinds(&count)[f->kind].text;

	fprintf(out, "at %" PRId64 " ", f->at / MS);
	for (; *text != '\0'; text++) {
		if (*text != '%') {
			putc(*text, out);
			continue;
		}
		text++;
		unsigned object = objects == 0 ? f->a : f->b;
		if (*text == 'v')
			fprintf(out, "%d", f->value);
		else if (*text == 'm')
			fprintf(out, "%u", object + 1);
		else
			fputs(host_name(*text == 'p' ? object + HOST_P1 : object), out);
		objects += *text != 'v';
	}
	if (f->lasts > 0)
		fprintf(out, " for %" PRId64, f->lasts / MS);
	putc('\n', out);
}

void story_print(const struct story *story, FILE *out)
{
	const struct settings *s = &story->settings;

	fprintf(out, "layout %s\non_no_quorum %s\n", s->layout->name, s->act ? "act" : "wait");
	if (s->together)
		fprintf(out, "keep_together on\n");
	if (s->max_failovers > 0)
		fprintf(out, "max_failovers %u\n", s->max_failovers);
	if (s->attempts > 1)
		fprintf(out, "attempts %d\n", s->attempts);
	fprintf(out, "seed %" PRIu64 "\n", story->seed);
	if (story->until > 0)
		fprintf(out, "until %" PRId64 "\n", story->until / MS);
	for (unsigned i = 0; i < story->count; i++)
		print_fault(&story->fault[i], out);
}

void story_result(const struct world *w, FILE *out)
{
	const struct outcome_of_story *o = &w->out;

	fprintf(out, "commands %u (%u on a living node), moves %u, harm %u, outage", o->commands,
		o->alive, o->moves, o->harm);
	for (unsigned i = 0; i < PROXIES && w->proxy[i].present; i++)
		fprintf(out, " %.1f", (double)o->worst[i] / SECOND);
	fprintf(out, " s, settled after %.1f s%s%s\n", (double)o->settled / SECOND,
		o->broken != NULL ? ", BROKEN: " : "", o->broken != NULL ? o->broken : "");
}
