/* SPDX-License-Identifier: PostgreSQL */
/* file_look.h - one look at the whole file: what stands where. Pure. */
#ifndef PROXY_FILE_LOOK_H
#define PROXY_FILE_LOOK_H

#include "entries.h"

/* Of several entries of the same alias the last one counts. */
struct file_look {
	struct entry named[ALIASES_MAX]; /* ENTRY_END: it is missing */
	struct entry probe[NODES];
	/* Which named alias stands first: the fallback only if there is no other. */
	unsigned model;
	/* The lines of the first and of the last entry of any named alias. */
	struct entry first, last;
	struct proxy_file mark;  /* of the comment line with the highest epoch */
	unsigned marks, damaged; /* lines of ours that can be read, and that cannot */
	const char *line_end;    /* for what is added; NULL: no named alias is there */
};

/* Errors: ERR_CONFIG  the file is too large, or PgBouncer would refuse it */
enum status file_look(const char *text, size_t length, const struct proxy_aliases *aliases,
		      struct file_look *look, struct error *err);

/* The first named alias that is missing, or points to neither node; count: there is none. */
unsigned file_look_lost(const struct file_look *look, const struct proxy_aliases *aliases);

/* Say what is wrong with that one. */
void file_look_say_lost(struct strbuf *out, const struct file_look *look,
			const struct proxy_aliases *aliases);

#endif
