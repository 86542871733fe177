/* SPDX-License-Identifier: PostgreSQL */
/* nearest.h - which known word somebody meant who wrote another one. Pure. */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H

/* The best candidate so far for the word that was written. */
struct nearest {
	const char *written;
	const char *best; /* NULL: nothing is near */
	unsigned distance;
};

struct nearest nearest_to(const char *written);

/* Take CANDIDATE if it is near and nearer than the best so far: at most two letters
 * differ, and less than half of the word. */
void nearest_try(struct nearest *nearest, const char *candidate);

/* Letters to insert, delete or replace to get from one word to the other. */
unsigned nearest_distance(const char *one, const char *other);

#endif
