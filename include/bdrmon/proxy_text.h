/* SPDX-License-Identifier: PostgreSQL */
/* proxy_text.h - the text of the file that holds a proxy's aliases, PgBouncer's main file or
 * one that it includes: what it says, and the same text with another node in it. By
 * PgBouncer's own grammar, which is not inih's. Pure: no file is touched here.
 *
 * Host and port of the named aliases change, the probe aliases (one for each node), and one
 * comment line with the epoch; every other byte stays. Facts: real configurations, pgbouncer.ini
 *
 * This file alone is looked at: not what it includes, nor what includes it, so aliases before
 * the first header of a section count as being in [databases]. What PgBouncer would refuse is
 * found in that section and in the form of the lines, not in the values of other sections.
 */
#ifndef BDRMON_PROXY_TEXT_H
#define BDRMON_PROXY_TEXT_H

#include "bdrmon/error.h"
#include "bdrmon/limits.h"
#include "bdrmon/move.h"

#include <stdbool.h>
#include <stddef.h>

#define PROXY_TEXT_MAX (256 * 1024) /* bytes of the file; a larger one is refused */

/* Where a proxy reaches a node: as its aliases say host= and port=, compared as text but for the
 * case, and as a number. No host is empty: an alias without one leads to a unix socket, which
 * is neither node. */
struct target {
	char host[TARGET_HOST_MAX];
	char port[TARGET_PORT_MAX];
};

/* What is to be found in the file. */
struct proxy_aliases {
	unsigned count; /* one at least */
	/* Those that applications use; one of them may be "*", the fallback. */
	char name[ALIASES_MAX][NAME_TEXT_MAX];
	char probe[NODES][NAME_TEXT_MAX]; /* by node: the probe alias */
	int id[NODES];                    /* node IDs, as the comment line has them */
	struct target target[NODES];      /* two different ones */
};

/* The probe alias of the node NAME with this ID: "bdrmon_probe_" and the name, or the ID where
 * PgBouncer would not take the name as part of an alias, or the name is a number. */
void proxy_probe_alias(const char *name, int id, char alias[NAME_TEXT_MAX]);

/* Is NAME one of those that applications use? */
bool proxy_names_alias(const struct proxy_aliases *aliases, const char *name);

/* The fallback, and the database by which a client of ours comes for it: each server has it. */
#define FALLBACK          "*"
#define FALLBACK_DATABASE "postgres"

/* The database that a client names to come by ALIAS, and SHOW DATABASES then. */
const char *proxy_database_of(const char *alias);

/* What the file says. */
struct proxy_said {
	/* node: that all named aliases point to, else NODES, whatever the comment line says; the
	 * rest is from that line, zeroes without one. */
	struct proxy_file file;
	bool probes; /* both probe aliases are there, and point where they should */
	bool marked; /* there is a comment line of ours that can be read */
	/* What is wrong with it, the gravest of it, or a text that is empty: an alias that is
	 * missing, that points to neither node, or aliases that point to different nodes; a
	 * comment line that says another node, is damaged, or one too many. */
	char odd[REASON_MAX];
};

/* Read TEXT, LENGTH bytes. Of two aliases with the same name the last one counts, of two comment
 * lines that with the higher epoch.
 *
 * said    written on OK only
 * Errors: ERR_CONFIG  PgBouncer would refuse this text, or does not read all of it; ERR says
 *                     where and why, and nothing that may be a secret */
enum status proxy_text_read(const char *text, size_t length, const struct proxy_aliases *aliases,
			    struct proxy_said *said, struct error *err);

/* Make the text that says FILE (its node is one). Read again, it says exactly that, and the same
 * edit changes nothing more.
 *
 * made    another memory than TEXT, with room for size bytes, of which one stays unused; not
 *         ended by a NUL. Its content is undefined after an error
 * Errors: ERR_CONFIG  as above, or a named alias is missing or points to neither node (then
 *                     nothing may be changed), or a target cannot be written, or there is no
 *                     room */
enum status proxy_text_edit(const char *text, size_t length, const struct proxy_aliases *aliases,
			    const struct proxy_file *file, char *made, size_t size,
			    size_t *made_length, struct error *err);

#endif
