/* SPDX-License-Identifier: PostgreSQL */
/* foreign.h - words of repmgr that real files hold and that mean nothing here. */
#ifndef CONFIG_FOREIGN_H
#define CONFIG_FOREIGN_H

#include "nearest.h"

#include <stdbool.h>
#include <stddef.h>

/* A setting of repmgr 3, which repmgr 4 gave another name. */
struct old_name {
	const char *name;
	const char *successor; /* as the message has it; NULL: none */
};

extern const struct old_name old_names[];
extern const size_t old_name_count;
const struct old_name *foreign_old_name(const char *name); /* NULL: it is none of them */

/* A setting of repmgr that has no use here. */
struct useless_name {
	const char *name;
	const char *instead; /* what to do for the same effect, a sentence, or NULL */
};

extern const struct useless_name useless_names[];
extern const size_t useless_name_count;
const struct useless_name *foreign_useless(const char *name); /* NULL: it is none of them */

/* Is NAME one of repmgr 5's directives that read other files? Without what stands there
 * a configuration would not be what its author thinks. */
bool foreign_is_include(const char *name);
#define FOREIGN_INCLUDE_HINT "Put the settings of the other file into this one."

/* Is NAME an event of repmgr that never happens here? */
bool foreign_is_event(const char *name);

/* Try all of these names, or all of these events. */
void foreign_try_names(struct nearest *nearest);
void foreign_try_events(struct nearest *nearest);

#endif
