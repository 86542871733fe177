/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/routes.h"

#include "bdrmon/lookup.h"
#include "match.h"

static const struct route_rule rules[] = {
	{ .name = "unread",
	  .when = { .known = NO },
	  .then = MOVE_NONE,
	  .alarm = true,
	  .why = "it is not known where it points" },
	{ .name = "loading",
	  .when = { .loading = YES },
	  .then = MOVE_NONE,
	  .why = "its file has just been written, and is about to be loaded" },
	{ .name = "ordered",
	  .when = { .ordered = YES, .y = Y_UP | Y_UNFIT },
	  .then = MOVE_SWITCH,
	  .why = "the operator wants it on the other node" },
	{ .name = "off",
	  .when = { .on = NO },
	  .then = MOVE_NONE,
	  .why = "this monitor is late or paused, or the proxy is in maintenance" },
	{ .name = "fenced",
	  .when = { .fenced = YES, .y = Y_UP | Y_UNFIT },
	  .then = MOVE_FENCE,
	  .why = "its node has failed, and may have come back with old data" },
	{ .name = "write_back",
	  .when = { .differs = YES, .x = X_UP },
	  .then = MOVE_WRITE_BACK,
	  .why = "it can use its node, but its file names the other one" },
	{ .name = "home",
	  .when = { .home = YES, .x = X_UP, .y = Y_UP },
	  .then = MOVE_SWITCH,
	  .why = "its home is well again" },
	{ .name = "in_use",
	  .when = { .x = X_UP },
	  .then = MOVE_NONE,
	  .why = "it can use its node" },
	{ .name = "reload",
	  .when = { .differs = YES, .x = X_DOWN, .y = Y_UP | Y_UNFIT },
	  .then = MOVE_AWAY,
	  .why = "it cannot use its node, and its file names the other one already" },
	{ .name = "together",
	  .when = { .together = YES },
	  .then = MOVE_NONE,
	  .alarm = true,
	  .why = "with keep_together routes move only all at once, by a node failover" },
	{ .name = "repair",
	  .when = { .x = X_DOWN, .y = Y_UP },
	  .then = MOVE_AWAY,
	  .why = "it cannot use its node, and can use the other one" },
	{ .name = "last_resort",
	  .when = { .x = X_DOWN, .y = Y_UNFIT },
	  .then = MOVE_AWAY,
	  .alarm = true,
	  .why = "it cannot use its node; the other one has not recovered and may lack data" },
	{ .name = "stuck",
	  .when = { .x = X_DOWN },
	  .then = MOVE_NONE,
	  .alarm = true,
	  .why = "it can use neither node" },
	{ .name = "waiting",
	  .then = MOVE_NONE,
	  .why = "it may not be able to use its node; further tests will tell" },
};

const struct route_rule *routes_table(unsigned *count)
{
	*count = ARRAY_LEN(rules);
	return rules;
}

const struct route_rule *routes_match(const struct route_facts *facts)
{
	const struct route_rule *rule = rules;
	while (!FACTS_HOLD(&rule->when, facts)) {
		rule++;
		assert(rule < rules + ARRAY_LEN(rules)); /* the last rule holds for all */
	}
	return rule;
}
