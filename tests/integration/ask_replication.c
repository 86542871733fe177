/* SPDX-License-Identifier: PostgreSQL */
/* ask_replication --sql KIND VERSION - print what a server of that version would be asked.
 * ask_replication CONNINFO KIND - for each line of stdin, "detect", "read" or "poke", ask the
 * server and print what it said as lines of key=value, with an empty line behind the last.
 * From the first detect on, KIND is what that has found. */
#include "../../src/repl/backend.h"
#include "bdrmon/clock.h"
#include "bdrmon/repl.h"
#include "bdrmon/resolve.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 5000

static const char *const says[] = { "unknown", "no", "yes" };
static const char *const slots[] = { "unknown", "safe", "at risk", "lost" };

static void print_setup(const struct repl_setup *setup)
{
	printf("kind=%s\nversion=%s\nset_up=%s\nactive=%s\nnode=%s\nnodes=%u\n",
	       repl_kind_name(setup->kind), setup->version, setup->set_up ? "yes" : "no",
	       says[setup->active], setup->node, setup->nodes);
	for (unsigned i = 0; i < setup->nodes && i < REPL_NODES_MAX; i++)
		printf("name%u=%s\n", i + 1, setup->name[i]);
}

static void print_link(const char *which, const struct repl_link *link)
{
	printf("%s_name=%s\n%s_up=%s\n", which, link->name, which, says[link->up]);
	printf("%s_lag_bytes=%" PRId64 "\n%s_lag_ms=%" PRId64 "\n", which, link->lag_bytes, which,
	       link->lag_ms);
}

static void print_state(const struct repl_state *state)
{
	print_link("in", &state->in);
	print_link("out", &state->out);
	printf("slot=%s\nconflicts=%" PRId64 "\n", slots[state->slot], state->conflicts);
	printf("written_lsn=%" PRIu64 "\nreceived_lsn=%" PRIu64 "\n", state->written_lsn,
	       state->received_lsn);
}

static bool kind_by_name(const char *name, enum repl_kind *kind)
{
	for (unsigned i = 0; i < REPL_KINDS; i++) {
		*kind = (enum repl_kind)i;
		if (strcmp(repl_kind_name(*kind), name) == 0)
			return true;
	}
	return false;
}

static enum status answer(struct session *session, const char *word, enum repl_kind *kind,
			  struct pg_failure *failure)
{
	struct pg_wait wait = { instant_add_ms(clock_now(), PATIENCE_MS), -1 };
	struct repl_setup setup;
	struct repl_state state;
	enum status st;

	if (strcmp(word, "detect\n") == 0) {
		st = repl_detect(session, *kind, &wait, &setup, failure);
		if (st != OK)
			return st;
		*kind = setup.kind;
		print_setup(&setup);
	} else if (strcmp(word, "read\n") == 0) {
		st = repl_read(session, *kind, &wait, &state, failure);
		if (st != OK)
			return st;
		print_state(&state);
	} else {
		st = repl_poke(session, *kind, &wait, failure);
	}
	return st;
}

static void print_sql(const char *name, const char *version)
{
	enum repl_kind kind;
	if (!kind_by_name(name, &kind) || kind == REPL_NONE)
		return;
	for (unsigned q = ASK_SETUP; q <= ASK_STATE; q++)
		printf("%s\n",
		       repl_sql_for(repl_backend_of(kind), (enum repl_question)q, atoi(version)));
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--sql") == 0) {
		print_sql(argv[2], argv[3]);
		return 0;
	}
	char word[16];
	enum repl_kind kind;
	struct resolver resolver = { 0 };
	struct session *session;
	struct pg_failure failure = { .reason = "usage: ask_replication CONNINFO KIND" };
	struct pg_wait wait = { instant_add_ms(clock_now(), PATIENCE_MS), -1 };
	enum status st = argc == 3 && kind_by_name(argv[2], &kind)
				 ? session_open(argv[1], &resolver, &wait, &session, &failure)
				 : ERR_CONFIG;

	if (st != OK) {
		fprintf(stderr, "%s\n", failure.reason);
		resolver_close(&resolver);
		return 1;
	}
	while (session_usable(session) && fgets(word, sizeof word, stdin) != NULL) {
		st = answer(session, word, &kind, &failure);
		if (st != OK)
			printf("failure=%s: %s\n", outcome_name(failure.outcome), failure.reason);
		printf("usable=%s\n\n", session_usable(session) ? "yes" : "no");
		fflush(stdout);
	}
	session_close(session);
	resolver_close(&resolver);
	return 0;
}
