/* SPDX-License-Identifier: PostgreSQL */
/* number.h - a number as a value for a statement. */
#ifndef BDRMON_NUMBER_H
#define BDRMON_NUMBER_H

#include "bdrmon/strbuf.h"

#include <inttypes.h>

#define NUMBER_MAX 24 /* any int64_t fits */

static inline void number_write(char text[NUMBER_MAX], int64_t number)
{
	struct strbuf out = strbuf_over(text, NUMBER_MAX);
	strbuf_printf(&out, "%" PRId64, number);
}

#endif
