/* SPDX-License-Identifier: PostgreSQL */
/* table.h - the named scenarios as a table. */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include "world.h"

#include <stdio.h>

/* Run all stories of FOLDER; false: one did not come out as expected. */
bool table_tell(struct world *w, const char *folder, FILE *out);

/* The same, compared with the page. An exit code. */
int table_check(struct world *w, const char *folder, const char *page);

#endif
