/* SPDX-License-Identifier: PostgreSQL */
/* hash.h - FNV-1a: to tell texts apart, and against no attacker. Pure. */
#ifndef BDRMON_HASH_H
#define BDRMON_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_BEGIN UINT32_C(2166136261)

/* Over LENGTH bytes, going on from HASH, which is HASH_BEGIN at first. */
static inline uint32_t hash_bytes(uint32_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * UINT32_C(16777619);
	return hash;
}

#endif
