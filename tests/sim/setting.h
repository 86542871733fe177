/* SPDX-License-Identifier: PostgreSQL */
/* setting.h - which things stand where, and how the monitors are configured. */
#ifndef SIM_SETTING_H
#define SIM_SETTING_H

#include "world.h"

#define NOWHERE HOSTS

struct setting {
	const char *name;
	uint8_t monitor[MONITORS]; /* hosts; NOWHERE: there is none */
	uint8_t proxy[PROXIES];
	uint8_t route[PROXIES]; /* where they point at first */
	bool arbiter;
};

const struct setting *settings_table(unsigned *count);
const struct setting *setting_by_name(const char *name);
const char *host_name(unsigned host);
struct settings settings_default(void);
void setting_build(struct world *w);

/* The longest time in which a route is repaired; and until all is done after the last fault
 * has healed. */
int64_t repair_limit(const struct settings *settings);
int64_t settle_limit(const struct settings *settings);

#endif
