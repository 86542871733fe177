/* SPDX-License-Identifier: PostgreSQL */
#include "nearest.h"

#include "bdrmon/limits.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#define NEAR 2

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;
	return least < c ? least : c;
}

unsigned nearest_distance(const char *one, const char *other)
{
	unsigned row[NAME_TEXT_MAX];
	size_t width = strlen(other);

	/* No known word is that long, so such a word is far from all of them. */
	if (width >= NAME_TEXT_MAX || strlen(one) >= NAME_TEXT_MAX)
		return UINT_MAX;

	for (unsigned j = 0; j <= width; j++)
		row[j] = j;
	for (unsigned i = 1; one[i - 1] != '\0'; i++) {
		unsigned diagonal = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= width; j++) {
			unsigned above = row[j];
			unsigned replace = diagonal + (one[i - 1] != other[j - 1]);
			row[j] = smallest(above + 1, row[j - 1] + 1, replace);
			diagonal = above;
		}
	}
	return row[width];
}

struct nearest nearest_to(const char *written)
{
	return (struct nearest) { written, NULL, NEAR + 1 };
}

void nearest_try(struct nearest *nearest, const char *candidate)
{
	unsigned distance = nearest_distance(nearest->written, candidate);
	/* In short words two letters are too much: "name" does not mean "node". */
	if (distance >= nearest->distance || distance * 2 >= strlen(candidate))
		return;
	nearest->best = candidate;
	nearest->distance = distance;
}
