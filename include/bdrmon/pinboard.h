/* SPDX-License-Identifier: PostgreSQL */
/* pinboard.h - what monitors pin up on a server and read there of each other (relay.h): the
 * parts of a statement that does both in one round trip, whatever else it asks for.
 *
 *   PIN_UP [", name AS (...)"] PIN_COLUMNS [", ..."] PIN_OTHERS [" LEFT JOIN ..."] PIN_ORDER
 *
 * $1 is the text; it stays there until the next one, or the session's end. The answer has one
 * row at least. Our own role's sessions only are read: any role can read a name, and could
 * forge one. Threads: the one that has the session.
 */
#ifndef BDRMON_PINBOARD_H
#define BDRMON_PINBOARD_H

#include "bdrmon/relay.h"
#include "bdrmon/session.h"

#define PIN_UP                                                                                     \
	"WITH pinned AS (SELECT pg_catalog.set_config('application_name', $1::text, false) AS up)"
#define PIN_COLUMNS                                                                                \
	" SELECT p.up, (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint,"         \
	" (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::bigint,"          \
	" a.application_name"
#define PIN_OTHERS                                                                                 \
	" FROM pinned p LEFT JOIN pg_catalog.pg_stat_activity a"                                   \
	" ON a.application_name LIKE '" RELAY_BEGIN "%' AND a.usename = current_user"              \
	" AND a.pid <> pg_catalog.pg_backend_pid()"
#define PIN_ORDER " ORDER BY a.state_change"

/* The first column behind those of PIN_COLUMNS. */
#define PIN_COLUMNS_END 4

/* The other monitors' sessions, and some that have not gone yet. */
#define PIN_TEXTS_MAX 16

struct pinboard {
	struct instant asked;
	struct server_clock clock;
	int64_t started_us; /* the server's pg_postmaster_start_time() */
	unsigned texts;
	char text[PIN_TEXTS_MAX][RELAY_TEXT_MAX]; /* the later ones are younger */
};

/* Take the answer ROWS of such a statement, which was sent at ASKED and has just arrived. */
void pinboard_take(const PGresult *rows, struct instant asked, struct pinboard *board);

#endif
