/* SPDX-License-Identifier: PostgreSQL */
/* told.h - a story: where it takes place, what goes wrong, what is expected; and what came of
 * it. Plain values, which a shrinker can copy and change. */
#ifndef SIM_TOLD_H
#define SIM_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MONITORS 3
#define PROXIES  3

/* Every thing has its place. The servers stand on A and B. */
enum host { HOST_A, HOST_B, HOST_C, HOST_D, HOST_P1, HOST_P2, HOST_P3, HOST_Z, HOSTS };

#define MS                   INT64_C(1000)
#define SECOND               (1000 * MS)
#define BEGIN                (10 * SECOND) /* nobody's clock is 0 */
#define FOREVER              INT64_MAX
#define LOGIN_RETRY_INI      (15 * SECOND) /* server_login_retry as PgBouncer's file has it */
#define LOGIN_RETRY_SOON     (200 * MS)
#define SERVER_CONNECT_LIMIT (15 * SECOND)
#define APP_EVERY            (100 * MS)

/* ------------------------------------------------------------------ faults */

struct fault {
	int64_t at, lasts; /* lasts 0: it is not healed, or heals by itself */
	uint8_t kind;      /* index into the table of faults */
	uint8_t a, b;      /* its objects */
	int32_t value;
	bool struck;
};

#define FAULTS_MAX 64

struct settings {
	const struct setting *layout;
	bool act, together, repmgrd;
	unsigned max_failovers;
	int attempts;
	int64_t interval_ms, deadline_ms, pause_ms, lease_ms, command_ms, hold_ms, grace_ms;
};

/* What a story is to come to. */
struct range {
	unsigned least, most;
};

struct expected {
	bool given;
	struct range commands, moves;
	unsigned harm, alive;
	int64_t worst_ms; /* no outage is longer */
};

struct story {
	uint64_t seed;
	struct expected expected;
	char title[80];
	struct settings settings;
	unsigned count;
	struct fault fault[FAULTS_MAX];
	int64_t until; /* 0: until all is well again */
};

/* What came of it. */
struct outcome_of_story {
	const char *broken; /* the name of the first invariant that does not hold; NULL: all do */
	char what[160];
	int64_t when;
	unsigned commands, alive; /* alive: on a node that was living and used */
	unsigned moves, harm, together;
	int64_t worst[PROXIES];
	int64_t repair;  /* the longest of a route, from the last fault on */
	int64_t settled; /* after the last fault had healed */
	unsigned reloads;
};

#endif
