/* SPDX-License-Identifier: PostgreSQL */
/* combinations.h - every combination of facts. A struct of facts has only members of type
 * unsigned, each of which holds one bit out of so many. */
#ifndef COMBINATIONS_H
#define COMBINATIONS_H

#include "bdrmon/lookup.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

/* Advance FACTS to the next combination; false: that was the last one. */
static inline bool next_combination(unsigned *facts, const unsigned *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		facts[i] <<= 1;
		if (facts[i] < 1u << values[i])
			return true;
		facts[i] = 1;
	}
	return false;
}

static inline void first_combination(unsigned *facts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		facts[i] = 1;
}

#endif
