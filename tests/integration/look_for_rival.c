/* SPDX-License-Identifier: PostgreSQL */
/* look_for_rival CONNINFO - for each line of stdin, look for a repmgrd and print what was
 * found: "none", or "command" or "daemon" with pid, role, address and age in ms. */
#include "bdrmon/clock.h"
#include "bdrmon/resolve.h"
#include "bdrmon/rival.h"

#include <inttypes.h>
#include <stdio.h>

static void print(const struct rival *rival)
{
	struct instant now = clock_now();

	if (rival->pid == 0)
		printf("none\n");
	else
		printf("%s %d %s [%s] %" PRId64 "\n",
		       rival_is_daemon(rival, now) ? "daemon" : "command", rival->pid, rival->role,
		       rival->address, ms_between(rival->since, now));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct rival rival = { 0 };
	struct resolver resolver = { 0 };
	struct session *session;
	struct pg_failure failure = { .reason = "usage: look_for_rival CONNINFO" };
	struct pg_wait wait = { instant_add_ms(clock_now(), 60000), -1 };
	enum status st = argc == 2 ? session_open(argv[1], &resolver, &wait, &session, &failure)
				   : ERR_CONFIG;

	for (int c = 0; st == OK && (c = getchar()) != EOF;) {
		if (c == '\n' && (st = rival_read(session, &wait, &rival, &failure)) == OK)
			print(&rival);
	}
	if (st != OK)
		fprintf(stderr, "%s\n", failure.reason);
	else
		session_close(session);
	resolver_close(&resolver);
	return st == OK ? 0 : 1;
}
