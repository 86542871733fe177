/* SPDX-License-Identifier: PostgreSQL */
/* options.h - every option as one row of one table. The parser, the checks, the
 * sample file and the tests are loops over it.
 */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#include "bdrmon/config.h"

#include <stddef.h>

enum option_type {
	TYPE_BOOL,
	TYPE_COUNT,
	TYPE_DURATION, /* kept in milliseconds; a bare number means seconds */
	TYPE_SIZE,     /* kept in bytes; a bare number means bytes */
	TYPE_CHOICE,   /* one of `words' */
	TYPE_TEXT,
	TYPE_CONNINFO, /* a text that may hold a password: no message shows it */
	TYPE_COMMAND,
	TYPE_EVENTS,
	TYPE_OUTCOMES, /* faults, separated by commas */
};

enum option_flag {
	REQUIRED = 1,
	NO_EFFECT_YET = 2, /* setting it gives a warning that says so */
	FIXED = 8,         /* a running monitor keeps the value that it started with */
	SHARED = 16,       /* all monitors of a cluster should have it alike */
	EXAMPLE = 4,       /* `preset' is for the sample only; the default is empty or computed */
};

struct option {
	const char *section; /* empty: repmgr's own, above the first section */
	const char *name;
	enum option_type type;
	size_t offset, size;      /* of the field in struct config, or that of a named section */
	int64_t min, max;         /* of numbers; a text with min 1 must not be empty */
	const char *const *words; /* TYPE_CHOICE: the words for 0, 1, ... and a NULL */
	const char *preset;       /* the default as one would write it in the file */
	unsigned flags;
	const char *help;
};

#define OPTIONS_MAX 96
extern const struct option options[];
extern const size_t option_count;

/* A section of the file, "[NAME]", or "[NAME x]" if it is named. */
struct section {
	const char *name;
	const char *named; /* an example of x; NULL: it takes none */
	const char *help;
};

extern const struct section sections[];
extern const size_t section_count;

/* NULL if there is none. */
const struct option *option_find(const char *section, const char *name);
const struct option *option_find_anywhere(const char *name); /* in the first section that has it */
const struct section *section_find(const char *name);

#endif
