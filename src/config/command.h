/* SPDX-License-Identifier: PostgreSQL */
/* command.h - what to say of a notification command that can be run. */
#ifndef CONFIG_COMMAND_H
#define CONFIG_COMMAND_H

#include "notes.h"

/* Warn of placeholders in COMMAND, from line LINE, whose value may not arrive as one. */
void command_check(const char *command, struct notes *notes, int line);

#endif
