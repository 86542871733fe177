/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/proxy.h"

#include "hold.h"
#include "look.h"

#include <stdlib.h>

enum status proxy_open(struct proxy *proxy, const struct proxy_setup *setup, struct error *err)
{
	*proxy = (struct proxy) {
		.setup = *setup,
		.fallback = proxy_names_alias(&setup->aliases, FALLBACK),
		.view = { .route = NODES, .file.node = NODES },
		.retry = { .runs = -1, .own = -1 },
		.limit = { .own = -1 },
		.pool = { .own = -1 },
		.copy = calloc(1, sizeof *proxy->copy),
		.made = malloc(PROXY_TEXT_MAX),
	};
	if (proxy->copy != NULL && proxy->made != NULL)
		return OK;
	proxy_close(proxy);
	return error_set(err, ERR_SYSTEM, "out of memory");
}

void proxy_close(struct proxy *proxy)
{
	if (instant_is_set(proxy->hold.since))
		hold_end(proxy, -1);
	session_close(proxy->console);
	look_let_go(proxy);
	resolver_close(&proxy->console_resolver);
	resolver_close(&proxy->probe_resolver);
	free(proxy->copy);
	free(proxy->made);
	*proxy = (struct proxy) { 0 };
}
