/* SPDX-License-Identifier: PostgreSQL */
/* spock, from PostgreSQL 15 on. NOT VERIFIED: it was not run. It has come from pglogical, and
 * by its documentation its catalog and its states are the same, in a schema of its own and
 * with shorter names of functions; so is what is said in pglogical.c. */
#include "backend.h"
#include "pglogical_sql.h"

#define STATE(...) PGLOGICAL_STATE_OF("spock", "sub_show_status()", __VA_ARGS__)

const struct repl_backend repl_spock = {
	.kind = REPL_SPOCK,
	.sql = {
		[ASK_SETUP] = { { 150000, PGLOGICAL_SETUP("spock") } },
		[ASK_STATE] = { { 150000, STATE(PGLOGICAL_OF_13, MISSING_FROM_10) } },
		[ASK_POKE] = { { 150000, PGLOGICAL_POKE("spock", "sub_show_status()", "sub_disable",
							"sub_enable") } },
	},
};
