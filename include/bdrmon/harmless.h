/* SPDX-License-Identifier: PostgreSQL */
/* harmless.h - text of unknown origin, made fit for a log or a terminal. Pure. */
#ifndef BDRMON_HARMLESS_H
#define BDRMON_HARMLESS_H

#include <stddef.h>

/* Replace each control character, and each byte that is no part of valid UTF-8, by
 * a question mark (white space by a blank): nothing in the text can steer the terminal
 * of who reads it, or look like another line. The length stays. */
void text_make_harmless(char *text, size_t length);

#endif
