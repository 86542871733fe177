/* SPDX-License-Identifier: PostgreSQL */
#include "kept.h"

#include "bdrmon/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NODE_TO_PRINT   "node %d seen_up %d failed %d failed_since %" PRId64 "\n"
#define NODE_TO_SCAN    "node %d seen_up %d failed %d failed_since %" SCNd64 "\n%n"
#define PAUSED_TO_PRINT "paused_until %" PRId64 "\n"
#define PAUSED_TO_SCAN  "paused_until %" SCNd64 "\n%n"
#define EPOCH_TO_PRINT  "epoch %" PRIu64 "\n"
#define EPOCH_TO_SCAN   "epoch %" SCNu64 "\n%n"

/* A pause whose end has moved by less has not changed: the two clocks drift. */
#define PAUSE_MOVED_US 1000000

static int64_t wall_us(struct instant moment)
{
	return clock_wall_us() - us_between(moment, clock_now());
}

static struct instant moment_of(int64_t us)
{
	return instant_add_us(clock_now(), us - clock_wall_us());
}

static bool update_pause(struct kept *kept, struct instant until)
{
	int64_t until_us = 0;

	if (until.us == FOR_EVER.us)
		until_us = INT64_MAX;
	else if (instant_is_set(until))
		until_us = wall_us(until);
	bool same = until_us == 0 || until_us == INT64_MAX || kept->paused_until_us == 0 ||
				    kept->paused_until_us == INT64_MAX
			    ? until_us == kept->paused_until_us
			    : llabs(until_us - kept->paused_until_us) < PAUSE_MOVED_US;
	if (!same)
		kept->paused_until_us = until_us;
	return !same;
}

bool kept_update(struct kept *kept, const struct memory *memory, struct instant paused_until,
		 const int id[NODES])
{
	bool changed = update_pause(kept, paused_until) || kept->epoch != memory->epoch;

	kept->epoch = memory->epoch;
	for (unsigned i = 0; i < NODES; i++) {
		struct kept_node *mine = &kept->node[i];
		const struct node_memory *node = &memory->node[i];

		if (id[i] == 0 || (mine->id == id[i] && mine->seen_up == node->seen_up &&
				   mine->failed == node->failed))
			continue;
		*mine = (struct kept_node) {
			.id = id[i],
			.seen_up = node->seen_up,
			.failed = node->failed,
			.failed_since_us = node->failed ? wall_us(node->failed_since) : 0,
		};
		changed = true;
	}
	return changed;
}

void kept_restore(const struct kept *kept, int id, struct node_memory *memory)
{
	for (unsigned i = 0; i < NODES; i++) {
		const struct kept_node *node = &kept->node[i];

		if (id == 0 || node->id != id)
			continue;
		memory->seen_up = node->seen_up;
		memory->failed = node->failed;
		if (node->failed)
			memory->failed_since = moment_of(node->failed_since_us);
	}
}

struct instant kept_pause(const struct kept *kept)
{
	if (kept->paused_until_us == 0)
		return NEVER;
	return kept->paused_until_us == INT64_MAX ? FOR_EVER : moment_of(kept->paused_until_us);
}

void kept_write(struct strbuf *out, const struct kept *kept)
{
	for (unsigned i = 0; i < NODES; i++) {
		const struct kept_node *node = &kept->node[i];
		strbuf_printf(out, NODE_TO_PRINT, node->id, node->seen_up, node->failed,
			      node->failed_since_us);
	}
	strbuf_printf(out, EPOCH_TO_PRINT, kept->epoch);
	strbuf_printf(out, PAUSED_TO_PRINT, kept->paused_until_us);
}

bool kept_read(const char **text, struct kept *kept)
{
	struct kept got = { 0 };
	const char *at = *text;
	int length = 0;

	for (unsigned i = 0; i < NODES; i++) {
		struct kept_node *node = &got.node[i];
		int seen_up, failed;

		if (sscanf(at, NODE_TO_SCAN, &node->id, &seen_up, &failed, &node->failed_since_us,
			   &length) != 4)
			return false;
		node->seen_up = seen_up != 0;
		node->failed = failed != 0;
		at += length;
	}
	/* One of before there were epochs has none. */
	if (sscanf(at, EPOCH_TO_SCAN, &got.epoch, &length) == 1)
		at += length;
	if (sscanf(at, PAUSED_TO_SCAN, &got.paused_until_us, &length) != 1)
		return false;
	*text = at + length;
	*kept = got;
	return true;
}
