/* SPDX-License-Identifier: PostgreSQL */
#include "borrowed.h"

#include "bdrmon/clock.h"

enum status borrowed_care(struct proxy *proxy, struct proxy_borrowed *setting,
			  const struct borrowed_kind *kind, double read, int stop_fd)
{
	struct instant now = clock_now();
	bool known = setting->own >= 0 && setting->own != kind->ours;

	if (read != kind->ours || (!known && kind->otherwise < 0)) {
		setting->left = NEVER;
		if (!setting->lost)
			setting->own = read;
		return OK;
	}
	if (!instant_is_set(setting->left))
		setting->left = now;
	setting->lost = !known;
	if (ms_between(setting->left, now) < BORROWED_MS)
		return OK;
	return console_set(proxy, kind->name, setting->lost ? kind->otherwise : setting->own,
			   console_limit_ms(proxy), stop_fd);
}
