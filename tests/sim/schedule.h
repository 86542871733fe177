/* SPDX-License-Identifier: PostgreSQL */
/* schedule.h - random stories, and how to make a bad one short. */
#ifndef SIM_SCHEDULE_H
#define SIM_SCHEDULE_H

#include "world.h"

void schedule_make(struct story *story, uint64_t seed);

/* Take away from STORY what is not needed for the same invariant to be broken. W is used. */
void schedule_shrink(struct world *w, struct story *story);

#endif
