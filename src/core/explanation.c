/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/explanation.h"

#include "bdrmon/lookup.h"

#include <assert.h>
#include <stddef.h>

#define YES_NO                                                                                     \
	{                                                                                          \
		"no", "yes"                                                                        \
	}

static const struct fact_words node_words[] = {
	{ "awake", YES_NO },
	{ "paused", YES_NO },
	{ "rival", YES_NO },
	{ "crowded", YES_NO },
	{ "both_seen", YES_NO },
	{ "failed", { "no", "open", "done" } },
	{ "subject", { "unknown", "up", "faulty", "recovering", "suspect", "starting", "down" } },
	{ "level", YES_NO },
	{ "overdue", YES_NO },
	{ "other", { "up", "up before", "recovering", "down", "unusable" } },
	{ "others", { "silent", "agree", "see up" } },
	{ "awaited", YES_NO },
	{ "vetoed", YES_NO },
	{ "forced", YES_NO },
	{ "mandate", { "none", "act", "majority" } },
	{ "ours", YES_NO },
	{ "flapping", YES_NO },
};

static const struct fact_words stage_words[] = {
	{ "verdict", { "hold", "ask", "wait", "failover", "recover" } },
	{ "claim", { "needless", "free", "mine" } },
	{ "known", YES_NO },
	{ "record", { "none", "claimed", "commanded", "done" } },
	{ "run", { "none", "ready", "mine", "over", "foreign", "past" } },
	{ "fresh", YES_NO },
	{ "again", YES_NO },
	{ "active", YES_NO },
};

static const struct fact_words route_words[] = {
	{ "known", YES_NO },
	{ "loading", YES_NO },
	{ "ordered", YES_NO },
	{ "on", YES_NO },
	{ "fenced", YES_NO },
	{ "differs", YES_NO },
	{ "home", YES_NO },
	{ "together", YES_NO },
	{ "x", { "up", "down", "unsure" } },
	{ "y", { "up", "unfit", "not up" } },
};

#define COVERS(words, type)                                                                        \
	_Static_assert(ARRAY_LEN(words) * sizeof(unsigned) == sizeof(type), "a row for each "      \
									    "member")
COVERS(node_words, struct facts);
COVERS(stage_words, struct stage_facts);
COVERS(route_words, struct route_facts);

const struct fact_words *facts_words(unsigned *count)
{
	*count = ARRAY_LEN(node_words);
	return node_words;
}

const struct fact_words *stage_facts_words(unsigned *count)
{
	*count = ARRAY_LEN(stage_words);
	return stage_words;
}

const struct fact_words *route_facts_words(unsigned *count)
{
	*count = ARRAY_LEN(route_words);
	return route_words;
}

const char *fact_word(const struct fact_words *words, unsigned value)
{
	unsigned bit = 0;
	while (value >> bit != 1) {
		bit++;
		assert(bit < ARRAY_LEN(words->value) && words->value[bit] != NULL);
	}
	return words->value[bit];
}
