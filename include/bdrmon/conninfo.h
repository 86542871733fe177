/* SPDX-License-Identifier: PostgreSQL */
/* conninfo.h - what can be said of a connection string without connecting.
 * Threads: any.
 */
#ifndef BDRMON_CONNINFO_H
#define BDRMON_CONNINFO_H

#include "bdrmon/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Check the connection string CONNINFO, and give the user's connect_timeout.
 *
 * connect_timeout_ms  0: not set; written on OK only
 *
 * Errors:  ERR_CONFIG  libpq cannot read it, or it names more than one host: then
 *                      an answer would not say which node gave it. The text repeats
 *                      nothing of CONNINFO but option names, since it may hold a
 *                      password in any place.
 */
enum status conninfo_check(const char *conninfo, int64_t *connect_timeout_ms, struct error *err);

/* Find the name that libpq would resolve to connect to CONNINFO, wherever it stands: in
 * the string, in the environment or in a service file. Copy it to HOST, an array of SIZE.
 * False, and nothing is said of HOST: there is none to resolve, or one longer than that. */
bool conninfo_host(const char *conninfo, char *host, size_t size);

/* Copy the value that CONNINFO itself gives KEYWORD to VALUE, an array of SIZE. False, and an
 * empty value: none, or it does not fit. */
bool conninfo_value(const char *conninfo, const char *keyword, char *value, size_t size);

/* Make of CONNINFO the same with KEYWORD = VALUE in it, whatever it had there: made, an array of
 * SIZE, as a list of keyword = value.
 * Errors: ERR_CONFIG  CONNINFO cannot be read, or the result does not fit */
enum status conninfo_with(const char *conninfo, const char *keyword, const char *value, char *made,
			  size_t size, struct error *err);

/* Say to which host CONNINFO leads, to see whether two lead to the same one: its name, else
 * its address, else the directory of its unix socket, wherever libpq finds it. Copy that to HOST,
 * an array of SIZE, cut if it is longer; empty: there is none, and libpq stays on this host. */
void conninfo_place(const char *conninfo, char *host, size_t size);

#endif
