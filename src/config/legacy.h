/* SPDX-License-Identifier: PostgreSQL */
/* legacy.h - where repmgr reads a value otherwise than bdrmon does. Pure.
 *
 * Source: repmgr 4.4, configfile.c, _parse_line(); repmgr 5, whose files are read like
 * postgresql.conf
 */
#ifndef CONFIG_LEGACY_H
#define CONFIG_LEGACY_H

#include "bdrmon/strbuf.h"

/* Write to OUT what repmgr makes of the value RAW, as it stands in the file, if that is
 * not the VALUE which bdrmon takes: "repmgr 4 drops each '". Else write nothing. A value in
 * "..." was not written for repmgr, which keeps these quotes. */
void legacy_explain(const char *raw, const char *value, struct strbuf *out);

#endif
