/* SPDX-License-Identifier: PostgreSQL */
/* values.h - from a text to the value of an option and back. */
#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H

#include "options.h"
#include "bdrmon/units.h"

#include "bdrmon/error.h"
#include "bdrmon/strbuf.h"

/* Turn TEXT, without quotes around it, into the value of OPTION.
 *
 * holder  the struct that the option's offset counts from; the field is written on
 *         OK only
 *
 * Errors:  ERR_CONFIG  err names the option, and the value unless it may be secret
 */
enum status value_parse(const struct option *option, const char *text, void *holder,
			struct error *err);

/* Take quotes and comment off TEXT, in place, as OPTION has it.
 *
 * Errors:  ERR_CONFIG  a quote is not closed, or text follows the closing one
 */
enum status value_unquote(const struct option *option, char *text, struct error *err);

/* The kind of units that a duration or size takes. */
enum unit_kind value_unit(const struct option *option);

/* The value of a number, duration or size. */
int64_t value_number(const struct option *option, const void *holder);

/* Write the value as it would stand in the file, without quotes. */
void value_print(const struct option *option, const void *holder, struct strbuf *out);

/* Write NUMBER with the unit of OPTION. */
void value_print_number(const struct option *option, int64_t number, struct strbuf *out);

/* Write what a value may be, "100ms .. 1h" or "act, wait"; nothing if it is a text. */
void value_print_range(const struct option *option, struct strbuf *out);

/* Are values of OPTION usually written in quotes? */
bool value_needs_quotes(const struct option *option);

/* The beginning of a value for a message, with "..." if it is longer, and without the
 * secret that somebody may have written into the wrong line. */
#define VALUE_SHOWN_MAX 100
const char *value_shown(const char *value, char shown[VALUE_SHOWN_MAX]);

#endif
