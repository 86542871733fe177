/* SPDX-License-Identifier: PostgreSQL */
/* patience.h - how long a test waits for what has a deadline. */
#ifndef PATIENCE_H
#define PATIENCE_H

#include <stdint.h>
#include <stdlib.h>

/* Three times DEADLINE_MS; where programs are slower by far, as under valgrind, that many times
 * more as tools/qa/valgrind says in TEST_SLOWER. */
static inline int64_t patience_ms(int64_t deadline_ms)
{
	const char *slower = getenv("TEST_SLOWER");
	return 3 * deadline_ms * (slower == NULL ? 1 : atol(slower));
}

#endif
