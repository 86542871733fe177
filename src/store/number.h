/* SPDX-License-Identifier: PostgreSQL */
/* number.h - a number as a value for a statement. */
#ifndef BDRMON_STORE_NUMBER_H
#define BDRMON_STORE_NUMBER_H

#include "bdrmon/strbuf.h"

#define NUMBER_MAX 16 /* any int fits */

static inline void number_write(char text[NUMBER_MAX], int number)
{
	struct strbuf out = strbuf_over(text, NUMBER_MAX);
	strbuf_printf(&out, "%d", number);
}

#endif
