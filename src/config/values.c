/* SPDX-License-Identifier: PostgreSQL */
#include "values.h"

#include "notify.h"
#include "quote.h"
#include "bdrmon/units.h"

#include "bdrmon/lookup.h"
#include "bdrmon/secret.h"
#include "bdrmon/template.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const bool_words[] = {
	"off", "on", "no", "yes", "false", "true", "0", "1",
};

static void *field_of(const struct option *option, void *holder)
{
	return (char *)holder + option->offset;
}

const char *value_shown(const char *value, char shown[VALUE_SHOWN_MAX])
{
	char text[2 * VALUE_SHOWN_MAX]; /* enough to see that there is more */
	struct strbuf masked = STRBUF(text);

	secret_mask(&masked, value);
	size_t length = masked.length;
	if (length < VALUE_SHOWN_MAX) {
		memcpy(shown, text, length + 1);
		return shown;
	}
	length = VALUE_SHOWN_MAX - sizeof "...";
	/* Do not cut a character of UTF-8 in two. */
	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	memcpy(shown, text, length); /* NOLINT(bugprone-not-null-terminated-result): below */
	memcpy(shown + length, "...", sizeof "...");
	return shown;
}

static enum status refuse(const struct option *option, const char *text, struct error *err)
{
	char shown[VALUE_SHOWN_MAX];
	return error_set(err, ERR_CONFIG, "invalid value for parameter \"%s\": \"%s\"",
			 option->name, value_shown(text, shown));
}

static enum status parse_bool(const struct option *option, const char *text, void *holder,
			      struct error *err)
{
	for (unsigned i = 0; i < ARRAY_LEN(bool_words); i++) {
		if (strcasecmp(text, bool_words[i]) == 0) {
			*(bool *)field_of(option, holder) = i % 2 == 1;
			return OK;
		}
	}
	refuse(option, text, err);
	error_hint(err, "Available values: on, off.");
	return ERR_CONFIG;
}

static enum status parse_choice(const struct option *option, const char *text, void *holder,
				struct error *err)
{
	char memory[ERROR_TEXT_MAX];
	struct strbuf list = STRBUF(memory);

	for (unsigned i = 0; option->words[i] != NULL; i++) {
		if (strcasecmp(text, option->words[i]) == 0) {
			if (option->size == sizeof(bool))
				*(bool *)field_of(option, holder) = i == 1;
			else
				memcpy(field_of(option, holder), &i, sizeof i);
			return OK;
		}
		strbuf_printf(&list, "%s%s", i > 0 ? ", " : "", option->words[i]);
	}
	refuse(option, text, err);
	error_hint(err, "Available values: %s.", memory);
	return ERR_CONFIG;
}

static enum status out_of_range(const struct option *option, const char *text, struct error *err)
{
	char low[32], high[32], shown[VALUE_SHOWN_MAX];
	struct strbuf min = STRBUF(low), max = STRBUF(high);

	value_print_number(option, option->min, &min);
	value_print_number(option, option->max, &max);
	error_set(err, ERR_CONFIG,
		  "value \"%s\" of parameter \"%s\" is outside the valid range (%s .. %s)",
		  value_shown(text, shown), option->name, low, high);
	error_hint(err, "Choose a value in this range%s.",
		   option->type == TYPE_DURATION ? "; a number without a unit means seconds"
		   : option->type == TYPE_SIZE   ? "; a number without a unit means bytes"
						 : "");
	return ERR_CONFIG;
}

static enum status parse_count(const struct option *option, const char *text, void *holder,
			       struct error *err)
{
	size_t sign = text[0] == '-';
	if (text[sign] == '\0' || text[sign + strspn(text + sign, "0123456789")] != '\0') {
		refuse(option, text, err);
		error_hint(err, "It must be a whole number.");
		return ERR_CONFIG;
	}
	errno = 0;
	long long number = strtoll(text, NULL, 10);
	if (errno == ERANGE || number < option->min || number > option->max)
		return out_of_range(option, text, err);
	*(int *)field_of(option, holder) = (int)number;
	return OK;
}

static enum status parse_quantity(const struct option *option, const char *text, void *holder,
				  struct error *err)
{
	int64_t number = 0;
	enum unit_fault fault = unit_parse(value_unit(option), text, &number);

	if (fault == UNIT_SYNTAX) {
		refuse(option, text, err);
		error_hint(err, "%s", unit_hint(value_unit(option)));
		return ERR_CONFIG;
	}
	if (fault == UNIT_TOO_LARGE || number < option->min || number > option->max)
		return out_of_range(option, text, err);
	*(int64_t *)field_of(option, holder) = number;
	return OK;
}

static enum status parse_text(const struct option *option, const char *text, void *holder,
			      struct error *err)
{
	if (option->min > 0 && text[0] == '\0') {
		error_set(err, ERR_CONFIG, "parameter \"%s\" must not be empty", option->name);
		error_hint(err, "An example is \"%s\".", option->preset);
		return ERR_CONFIG;
	}
	size_t length = strlen(text);
	if (length >= option->size) {
		error_set(err, ERR_CONFIG,
			  "value of parameter \"%s\" is too long: %zu bytes, at most %zu are "
			  "possible",
			  option->name, length, option->size - 1);
		error_hint(err, "Shorten it.");
		return ERR_CONFIG;
	}
	memcpy(field_of(option, holder), text, length + 1);
	return OK;
}

static enum status parse_command(const struct option *option, const char *text, void *holder,
				 struct error *err)
{
	char script[TEMPLATE_EXPANDED_MAX];
	struct error why;

	if (text[0] != '\0' && template_expand(text, script, &why) != OK) {
		error_set(err, ERR_CONFIG, "invalid value for parameter \"%s\": %s", option->name,
			  why.text);
		error_hint(err, "%s", why.hint);
		return ERR_CONFIG;
	}
	return parse_text(option, text, holder, err);
}

static enum status parse_events(const struct option *option, const char *text, void *holder,
				struct error *err)
{
	(void)err; /* a name that is no event is worth a warning, see notify_check() */
	*(event_set *)field_of(option, holder) = notify_parse(text);
	return OK;
}

/* The names of all faults, for a hint. */
static void list_faults(struct strbuf *out)
{
	for (unsigned i = 0; i < OUTCOMES; i++) {
		if (outcome_class((enum outcome)i) == CLASS_FAULT)
			strbuf_printf(out, "%s%s", out->length > 0 ? ", " : "",
				      outcome_name((enum outcome)i));
	}
}

static enum status parse_outcomes(const struct option *option, const char *value, void *holder,
				  struct error *err)
{
	char item[NAME_TEXT_MAX], memory[ERROR_TEXT_MAX], masked[COMMAND_MAX];
	struct strbuf list = STRBUF(memory), whole = STRBUF(masked);
	const char *text = masked; /* of an item alone one cannot tell that it is a secret */
	outcome_set set = 0;
	enum outcome outcome;

	secret_mask(&whole, value);
	while (notify_next_item(&text, item)) {
		if (outcome_by_name(item, &outcome) && outcome_class(outcome) == CLASS_FAULT) {
			set |= outcome_bit(outcome);
			continue;
		}
		refuse(option, item, err);
		list_faults(&list);
		error_hint(err, "Available values, separated by commas: %s.", memory);
		return ERR_CONFIG;
	}
	*(outcome_set *)field_of(option, holder) = set;
	return OK;
}

typedef enum status parse_fn(const struct option *option, const char *text, void *holder,
			     struct error *err);

static parse_fn *const parsers[] = {
	[TYPE_BOOL] = parse_bool,         [TYPE_COUNT] = parse_count,
	[TYPE_DURATION] = parse_quantity, [TYPE_SIZE] = parse_quantity,
	[TYPE_CHOICE] = parse_choice,     [TYPE_TEXT] = parse_text,
	[TYPE_CONNINFO] = parse_text,     [TYPE_COMMAND] = parse_command,
	[TYPE_EVENTS] = parse_events,     [TYPE_OUTCOMES] = parse_outcomes,
};

enum status value_parse(const struct option *option, const char *text, void *holder,
			struct error *err)
{
	return parsers[option->type](option, text, holder, err);
}

static enum quote_reader reader_of(const struct option *option)
{
	switch (option->type) {
	case TYPE_COMMAND:
		return QUOTES_OF_SHELL;
	case TYPE_CONNINFO:
		return QUOTES_OF_LIBPQ;
	case TYPE_EVENTS:
	case TYPE_OUTCOMES:
		return QUOTES_OF_LIST;
	default:
		return QUOTES_OURS;
	}
}

enum status value_unquote(const struct option *option, char *text, struct error *err)
{
	switch (quote_strip(text, reader_of(option))) {
	case QUOTE_NOT_CLOSED:
		error_set(err, ERR_CONFIG, "unbalanced quote in the value of parameter \"%s\"",
			  option->name);
		error_hint(err, "A value with ' in it can be put into \"...\".");
		return ERR_CONFIG;
	case QUOTE_TEXT_BEHIND:
		error_set(err, ERR_CONFIG,
			  "text after the closing quote in the value of parameter \"%s\"",
			  option->name);
		error_hint(err,
			   "Inside '...' write '' for ', or put the whole value into \"...\".");
		return ERR_CONFIG;
	case QUOTE_FINE:
		break;
	}
	return OK;
}
