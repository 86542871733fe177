/* SPDX-License-Identifier: PostgreSQL */
/* look.h - what others need of a look. */
#ifndef BDRMON_PROXY_LOOK_H
#define BDRMON_PROXY_LOOK_H

#include "bdrmon/proxy.h"

/* How long a test of NODE may take before a second one is begun. */
int64_t look_hedge_ms(const struct proxy *proxy, unsigned node);

/* Through which alias NODE is tested; NULL: it cannot be seen. */
const char *look_alias(const struct proxy *proxy, unsigned node);

#endif
