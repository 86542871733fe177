/* SPDX-License-Identifier: PostgreSQL */
/* mark.h - the comment line of ours. Pure:
 *
 *   ; bdrmon/1 epoch=12 node=2 heeds=1:5,2:0 (written by bdrmon: it compares this line, leave it)
 */
#ifndef PROXY_MARK_H
#define PROXY_MARK_H

#include "ini_lines.h"

#include "bdrmon/proxy_text.h"
#include "bdrmon/strbuf.h"

/* Is this comment ours, damaged or not? */
bool mark_is(struct span comment);

/* Read it; false: it is damaged, or names other nodes. */
bool mark_read(struct span comment, const struct proxy_aliases *aliases, struct proxy_file *file);

/* Write it, without line end. */
void mark_write(struct strbuf *out, const struct proxy_aliases *aliases,
		const struct proxy_file *file);

#endif
