/* SPDX-License-Identifier: PostgreSQL */
/* instant.h - a moment on the monotonic clock, as a type of its own, so that a
 * moment and a duration cannot be mixed up. Durations are int64_t, named _ms or
 * _us. Pure: reading the clock is clock.h.
 */
#ifndef BDRMON_INSTANT_H
#define BDRMON_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

struct instant {
	int64_t us; /* 0: never */
};

#define NEVER ((struct instant) { 0 })

static inline bool instant_is_set(struct instant t)
{
	return t.us != 0;
}

static inline struct instant instant_add_us(struct instant t, int64_t us)
{
	return (struct instant) { t.us + us };
}

static inline struct instant instant_add_ms(struct instant t, int64_t ms)
{
	return instant_add_us(t, ms * 1000);
}

static inline int64_t us_between(struct instant from, struct instant to)
{
	return to.us - from.us;
}

static inline int64_t ms_between(struct instant from, struct instant to)
{
	return us_between(from, to) / 1000;
}

static inline bool instant_before(struct instant a, struct instant b)
{
	return a.us < b.us;
}

/* The later of two moments; never is before all others. */
static inline struct instant instant_later(struct instant a, struct instant b)
{
	return instant_before(a, b) ? b : a;
}

/* The sooner of two deadlines; never does not count. */
static inline struct instant instant_sooner(struct instant a, struct instant b)
{
	if (!instant_is_set(a))
		return b;
	if (!instant_is_set(b))
		return a;
	return instant_before(a, b) ? a : b;
}

#endif
