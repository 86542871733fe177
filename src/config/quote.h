/* SPDX-License-Identifier: PostgreSQL */
/* quote.h - quotes and comments of a value. Pure.
 *
 *   'it''s'          it's         one outer pair is taken off, '' is ' inside '...'
 *   "it's"           it's
 *   5s # slow        5s           a comment starts at a # behind a blank
 *   host=a pw='b #'  unchanged    quotes in the middle belong to the value
 *   "/a b" %n "%e"   unchanged    for a command, whose shell reads the quotes;
 *                                 otherwise text behind the closing quote is a fault
 */
#ifndef CONFIG_QUOTE_H
#define CONFIG_QUOTE_H

/* Who reads the quotes in the middle of a value, and so what a backslash means. */
enum quote_reader {
	QUOTES_OURS,     /* backslash is a letter */
	QUOTES_OF_SHELL, /* it escapes, but not inside '...' */
	QUOTES_OF_LIBPQ, /* it escapes everywhere */
	QUOTES_OF_LIST,  /* backslash is a letter; each item may have quotes of its own */
};

enum quote_fault {
	QUOTE_FINE,
	QUOTE_NOT_CLOSED,
	QUOTE_TEXT_BEHIND, /* something follows the closing quote */
};

/* Take comment and outer quotes off VALUE, in place. On a fault VALUE is undefined. */
enum quote_fault quote_strip(char *value, enum quote_reader reader);

#endif
