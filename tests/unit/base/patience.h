/* SPDX-License-Identifier: PostgreSQL */
/* patience.h - how long a test waits for what has a deadline. */
#ifndef PATIENCE_H
#define PATIENCE_H

#include <stdint.h>
#include <stdlib.h>

/* How many times slower a program is here than by itself: as tools/qa/valgrind says. */
static inline int64_t slowness(void)
{
	const char *slower = getenv("TEST_SLOWER");
	return slower == NULL ? 1 : atol(slower);
}

/* Three times DEADLINE_MS, and more where programs are slower. */
static inline int64_t patience_ms(int64_t deadline_ms)
{
	return 3 * deadline_ms * slowness();
}

#endif
