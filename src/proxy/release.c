/* SPDX-License-Identifier: PostgreSQL */
#include "release.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* It ends each query of this PgBouncer that is older: on the node that is dead all of them, by
 * then. */
#define PULSE_S 0.51

/* No limit does less harm than one that ends each query. */
const struct borrowed_kind release_setting = { "query_timeout", PULSE_S, 0 };

/* PgBouncer looks three times a second; once more than once. */
#define PULSE_MS 700

#define LIMIT_MS      500
#define HANGING_MAX   512
#define CLIENT_ID_MAX 32

/* Since 1.24 a single client can be ended. */
static bool can_kill(struct proxy *proxy, int stop_fd)
{
	PGresult *rows;
	unsigned major = 0, minor = 0;

	if (console_run(proxy, "SHOW VERSION", LIMIT_MS, stop_fd, &rows) != OK)
		return false;
	if (PQntuples(rows) > 0)
		sscanf(PQgetvalue(rows, 0, 0), "PgBouncer %u.%u", &major, &minor);
	PQclear(rows);
	return major > 1 || (major == 1 && minor >= 24);
}

static bool hangs(const struct proxy *proxy, const PGresult *rows, int row)
{
	return strcmp(console_text(rows, row, "state"), "active") == 0 &&
	       strcmp(console_text(rows, row, "close_needed"), "1") == 0 &&
	       console_is_apps(proxy, console_text(rows, row, "database"));
}

/* The pointers of the clients that hang: SHOW SERVERS' `link'. */
static unsigned find_hanging(struct proxy *proxy, int stop_fd,
			     char link[HANGING_MAX][CLIENT_ID_MAX])
{
	PGresult *rows;
	unsigned count = 0;

	if (console_run(proxy, "SHOW SERVERS", LIMIT_MS, stop_fd, &rows) != OK)
		return 0;
	for (int row = 0; row < PQntuples(rows) && count < HANGING_MAX; row++) {
		if (hangs(proxy, rows, row))
			copy_text(link[count++], CLIENT_ID_MAX, console_text(rows, row, "link"));
	}
	PQclear(rows);
	return count;
}

static bool linked(char link[HANGING_MAX][CLIENT_ID_MAX], unsigned count, const char *client)
{
	unsigned i = 0;
	while (i < count && strcmp(link[i], client) != 0)
		i++;
	return i < count;
}

static void kill_clients(struct proxy *proxy, int stop_fd, char link[HANGING_MAX][CLIENT_ID_MAX],
			 unsigned count)
{
	PGresult *rows;

	if (console_run(proxy, "SHOW CLIENTS", LIMIT_MS, stop_fd, &rows) != OK)
		return;
	for (int row = 0; row < PQntuples(rows); row++) {
		char command[64];
		struct strbuf out = STRBUF(command);
		if (!linked(link, count, console_text(rows, row, "ptr")))
			continue;
		strbuf_printf(&out, "KILL_CLIENT %llu",
			      strtoull(console_text(rows, row, "id"), NULL, 10));
		console_run(proxy, command, LIMIT_MS, stop_fd, NULL);
	}
	PQclear(rows);
}

static void begin_pulse(struct proxy *proxy, int stop_fd, struct release *release)
{
	const char *const name[] = { release_setting.name };
	double read;

	if (console_settings(proxy, name, 1, LIMIT_MS, stop_fd, &read) != OK)
		return;
	/* Another mover's pulse does as well, and so does a limit that is lower. */
	if (read > 0 && read <= PULSE_S)
		return;
	release->own = read;
	if (console_set(proxy, release_setting.name, PULSE_S, LIMIT_MS, stop_fd) == OK)
		release->pulse = clock_now();
}

void release_begin(struct proxy *proxy, int stop_fd, struct release *release)
{
	char link[HANGING_MAX][CLIENT_ID_MAX];
	unsigned count = find_hanging(proxy, stop_fd, link);

	*release = (struct release) { 0 };
	if (count == 0)
		return;
	if (can_kill(proxy, stop_fd))
		kill_clients(proxy, stop_fd, link, count);
	else
		begin_pulse(proxy, stop_fd, release);
}

void release_end(struct proxy *proxy, int stop_fd, struct release *release)
{
	struct pollfd stop = { .fd = stop_fd, .events = POLLIN };
	struct timespec rest;

	if (!instant_is_set(release->pulse))
		return;
	ppoll(&stop, 1, clock_rest(instant_add_ms(release->pulse, PULSE_MS), &rest), NULL);
	console_set(proxy, release_setting.name, release->own, LIMIT_MS, -1);
	release->pulse = NEVER;
}
