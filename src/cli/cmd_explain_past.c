/* SPDX-License-Identifier: PostgreSQL */
/* explain --last, or --event NUMBER: a failure that was recorded, as a list of what happened when,
 * and the evidence on which it was decided. */
#include "commands.h"

#include "bdrmon/json_text.h"
#include "tables.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define JSON_MAX 512

/* The younger of both nodes' last failures; NULL: none is recorded. */
static const struct failure_seen *find_last(const struct survey_node survey[NODES])
{
	const struct failure_seen *last = NULL;

	for (unsigned i = 0; i < NODES; i++) {
		const struct failure_seen *seen = &survey[i].failure;
		bool younger = last == NULL || seen->since_us > last->since_us;
		if (survey[i].answered == OK && seen->epoch != 0 && younger)
			last = seen;
	}
	return last;
}

static void print_moment(const char *when, const char *what)
{
	if (when[0] != '\0')
		printf("  %s  %s\n", when, what);
}

static void print_text(const struct failure_seen *f)
{
	printf("failure of node %d, epoch %" PRId64 ", recorded on node %d by monitor \"%s\", %s, "
	       "stage \"%s\", %d run%s of the command\n",
	       f->failed_id, f->epoch, f->recorder_id, f->monitor,
	       f->confirmed ? "confirmed" : "unconfirmed", f->stage, f->runs,
	       f->runs == 1 ? "" : "s");
	print_moment(f->since, "decided");
	print_moment(f->until, "the last run of the command ends by then at the latest");
	print_moment(f->ended, strcmp(f->stage, "closed") == 0 ? "the node has recovered"
							       : "abandoned: it was no failure");
	printf("evidence: %s\n", f->evidence[0] != '\0' ? f->evidence : "not recorded");
}

static void print_string(const char *name, const char *text)
{
	char encoded[JSON_MAX];
	struct strbuf out = STRBUF(encoded);

	json_add_text(&out, text);
	printf("\"%s\":%s,", name, text[0] != '\0' ? encoded : "null");
}

static void print_json(const struct failure_seen *f)
{
	printf("{\"failed\":%d,\"recorder\":%d,\"epoch\":%" PRId64 ",\"runs\":%d,\"confirmed\":%s,",
	       f->failed_id, f->recorder_id, f->epoch, f->runs, f->confirmed ? "true" : "false");
	print_string("stage", f->stage);
	print_string("monitor", f->monitor);
	print_string("decided", f->since);
	print_string("command_ends_by", f->until);
	print_string("ended", f->ended);
	printf("\"evidence\":%s}\n", f->evidence[0] != '\0' ? f->evidence : "null");
}

static int print(const struct arguments *arguments, const struct survey_node survey[NODES])
{
	const struct failure_seen *last = find_last(survey);

	if (!survey[0].reached && !survey[1].reached)
		return tell_no_rows(arguments, survey);
	if (last != NULL)
		(arguments->json ? print_json : print_text)(last);
	else if (arguments->json)
		puts("null");
	else
		printf("no failure%s%s is recorded\n",
		       arguments->event != NULL ? " of number " : "",
		       arguments->event != NULL ? arguments->event : "");
	fflush(stdout);
	return EXIT_CODE_OK;
}

/* The number that stands behind --event; 0: the last one is asked for. */
static enum status read_number(const char *text, int64_t *number, struct error *err)
{
	char *end;

	*number = 0;
	if (text == NULL)
		return OK;
	errno = 0;
	*number = strtoll(text, &end, 10);
	if (end != text && *end == '\0' && errno == 0 && *number > 0)
		return OK;
	error_set(err, ERR_CONFIG, "invalid number of a failure: \"%s\"", text);
	error_hint(err, "It is BDRMON_EPOCH of its command, and stands in bdrmon.failure.");
	return ERR_CONFIG;
}

int cmd_explain_past(const struct arguments *arguments)
{
	struct survey_wish wish = { .failure = true };
	struct error err;

	if (read_number(arguments->event, &wish.epoch, &err) != OK)
		return tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG);
	survey_and_print(arguments, &wish, print);
}
