/* SPDX-License-Identifier: PostgreSQL */
/* beside.h - find the other programs that belong to this one. Threads: any. */
#ifndef BDRMON_BESIDE_H
#define BDRMON_BESIDE_H

#include "bdrmon/error.h"
#include "bdrmon/limits.h"

/* Find the program NAME in the directory of the running one, as in a build, or in
 * ../libexec/bdrmon seen from there, as installed.
 *
 * path    written on OK only
 * Errors: ERR_SYSTEM  it is in neither; err says where it should be
 * Source: /proc/self/exe, which a symbolic link to the program does not change
 */
enum status beside_find(const char *name, char path[PATH_TEXT_MAX], struct error *err);

#endif
