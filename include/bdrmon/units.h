/* SPDX-License-Identifier: PostgreSQL */
/* units.h - durations and sizes with PostgreSQL's units. Pure. */
#ifndef BDRMON_UNITS_H
#define BDRMON_UNITS_H

#include "bdrmon/strbuf.h"

#include <stdint.h>

enum unit_kind {
	UNITS_TIME, /* values in milliseconds; a bare number means seconds */
	UNITS_SIZE, /* values in bytes; a bare number means bytes */
};

enum unit_fault {
	UNIT_FINE,
	UNIT_SYNTAX,    /* no number, or something else than a unit behind it */
	UNIT_TOO_LARGE, /* for the type; no bound admits it */
};

/* Read TEXT, "1.5 min". Rounds to the nearest value; *value is written if fine. */
enum unit_fault unit_parse(enum unit_kind kind, const char *text, int64_t *value);

/* Write VALUE with the largest unit that divides it, "90s". */
void unit_print(enum unit_kind kind, int64_t value, struct strbuf *out);

/* The hint that names all units, in PostgreSQL's words. */
const char *unit_hint(enum unit_kind kind);

#endif
