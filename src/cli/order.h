/* SPDX-License-Identifier: PostgreSQL */
/* order.h - the operator's word as a request to the running monitor. */
#ifndef BDRMON_CLI_ORDER_H
#define BDRMON_CLI_ORDER_H

#include "bdrmon/strbuf.h"

/* Add the COUNT words of an order, and who gives it, from where. */
void order_write(const char *const words[], unsigned count, struct strbuf *request);

#endif
