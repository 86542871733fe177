/* SPDX-License-Identifier: PostgreSQL */
/* story.h - stories as texts. A line each:
 *
 *   # a comment
 *   layout two
 *   on_no_quorum wait
 *   keep_together on
 *   max_failovers 3
 *   attempts 3
 *   seed 1
 *   until 60000                                 milliseconds; without it: until all is well
 *   at 5000 server B crashes for 3000           without `for' it lasts to the end
 *   expect commands 1 moves 0-1 harm 0 outage 100 2900
 *   expect broken NAME
 */
#ifndef SIM_STORY_H
#define SIM_STORY_H

#include "world.h"

#include <stdio.h>

bool story_read(struct story *story, const char *path, FILE *complaints);
void story_print(const struct story *story, FILE *out);
void story_result(const struct world *w, FILE *out);

#endif
