/* SPDX-License-Identifier: PostgreSQL */
/* error.h - how a function says that it failed.
 *
 * The status is for the program, the text for people. The lowest function that
 * knows what happened writes the text, the highest one logs it, once. Outputs
 * are written on OK only.
 */
#ifndef BDRMON_ERROR_H
#define BDRMON_ERROR_H

enum status {
	OK = 0,
	ERR_CONFIG,  /* the user's input is wrong */
	ERR_SYSTEM,  /* the operating system refused */
	ERR_TIMEOUT, /* the deadline passed first */
	ERR_STOPPED, /* bdrmon is stopping */
	ERR_FULL,    /* a bound was reached */
	ERR_TAKEN,   /* another process has it */
	ERR_SERVER,  /* a server refused or answered something else */
};

#define ERROR_TEXT_MAX 512

/* Both texts are in PostgreSQL's message style: the first one without capital
 * and full stop, the hint as sentences. An empty hint means that there is none. */
struct error {
	char text[ERROR_TEXT_MAX];
	char hint[ERROR_TEXT_MAX];
};

/* Write the text, clear the hint, and give STATUS back, so that a failure is one
 * line: return error_set(err, ERR_SYSTEM, "could not ..."). Cuts a longer text. */
enum status error_set(struct error *err, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Add a hint to the error that error_set() wrote. */
void error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
