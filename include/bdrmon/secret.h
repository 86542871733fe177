/* SPDX-License-Identifier: PostgreSQL */
/* secret.h - no password in anything that people read. Pure; threads: any. */
#ifndef BDRMON_SECRET_H
#define BDRMON_SECRET_H

#include "bdrmon/strbuf.h"

#define SECRET_SHOWN "***"

/* Add TEXT to OUT, with SECRET_SHOWN in the place of each secret.
 *
 * TEXT is a connection string, or a command or message with one in it. A secret is
 * what follows "password =" (sslpassword, PGPASSWORD and the like too, in any case), and
 * what stands between user and host of a URI. Where a secret ends depends on who reads
 * it: libpq, a shell, and URIs differ. The end is taken that is last for any of them, so that
 * rather too much is hidden than too little; of a text with an open quote, all.
 *
 * Source: libpq, conninfo_parse() and conninfo_uri_parse_options()
 */
void secret_mask(struct strbuf *out, const char *text);

#endif
