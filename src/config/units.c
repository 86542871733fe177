/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/units.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/* Decimal places that are looked at: enough for a microsecond of a second. */
#define PLACES_MAX 6

struct unit {
	const char *name;
	int64_t value; /* how many of the smallest unit it holds */
};

struct unit_table {
	struct unit unit[6]; /* smallest first */
	size_t bare;         /* what a number without unit means */
	int64_t kept;        /* how many of the smallest unit the value kept holds */
	size_t kept_from;    /* the smallest unit that a value kept can be printed with */
	const char *hint;
};

static const struct unit_table tables[] = {
	[UNITS_TIME] = { { { "us", 1 },
			   { "ms", 1000 },
			   { "s", 1000000 },
			   { "min", INT64_C(60000000) },
			   { "h", INT64_C(3600000000) },
			   { "d", INT64_C(86400000000) } },
			 2,
			 1000,
			 1,
			 "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", "
			 "\"h\", and \"d\"." },
	[UNITS_SIZE] = { { { "B", 1 },
			   { "kB", 1 << 10 },
			   { "MB", 1 << 20 },
			   { "GB", INT64_C(1) << 30 },
			   { "TB", INT64_C(1) << 40 },
			   { NULL, 0 } },
			 0,
			 1,
			 0,
			 "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and "
			 "\"TB\"." },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

struct number {
	bool negative, any, too_large;
	int64_t whole;
	int64_t part, scale; /* the decimal places: part / scale */
};

/* By hand, since strtod() follows the locale and takes "0x1p3" and "inf". */
static const char *read_number(const char *c, struct number *number)
{
	*number = (struct number) { .scale = 1 };
	if (*c == '-') {
		number->negative = true;
		c++;
	}
	for (; is_digit(*c); c++) {
		number->any = true;
		if (__builtin_mul_overflow(number->whole, 10, &number->whole) ||
		    __builtin_add_overflow(number->whole, *c - '0', &number->whole))
			number->too_large = true;
	}
	if (*c != '.')
		return c;
	int places = 0;
	for (c++; is_digit(*c); c++) {
		number->any = true;
		if (places++ < PLACES_MAX) {
			number->part = number->part * 10 + (*c - '0');
			number->scale *= 10;
		}
	}
	return c;
}

static const struct unit *find_unit(const struct unit_table *table, const char *name)
{
	if (*name == '\0')
		return &table->unit[table->bare];
	for (size_t i = 0; i < sizeof table->unit / sizeof table->unit[0]; i++) {
		if (table->unit[i].name != NULL && strcmp(table->unit[i].name, name) == 0)
			return &table->unit[i];
	}
	return NULL;
}

enum unit_fault unit_parse(enum unit_kind kind, const char *text, int64_t *value)
{
	const struct unit_table *table = &tables[kind];
	struct number number;
	int64_t sum, kept;

	const char *rest = read_number(text, &number);
	if (!number.any)
		return UNIT_SYNTAX;
	rest += strspn(rest, " \t");
	const struct unit *unit = find_unit(table, rest);
	if (unit == NULL)
		return UNIT_SYNTAX;
	if (number.too_large || __builtin_mul_overflow(number.whole, unit->value, &sum))
		return UNIT_TOO_LARGE;
	/* At most 10^6 times a day in microseconds: fits. */
	if (__builtin_add_overflow(sum, number.part * unit->value / number.scale, &sum) ||
	    __builtin_add_overflow(sum, table->kept / 2, &kept))
		return UNIT_TOO_LARGE;
	kept /= table->kept;
	*value = number.negative ? -kept : kept;
	return UNIT_FINE;
}

void unit_print(enum unit_kind kind, int64_t value, struct strbuf *out)
{
	const struct unit_table *table = &tables[kind];
	const struct unit *best = &table->unit[table->kept_from];

	if (value == 0) {
		strbuf_add(out, "0");
		return;
	}
	for (size_t i = table->kept_from; i < sizeof table->unit / sizeof table->unit[0]; i++) {
		if (table->unit[i].name != NULL &&
		    value % (table->unit[i].value / table->kept) == 0)
			best = &table->unit[i];
	}
	strbuf_printf(out, "%" PRId64 "%s", value / (best->value / table->kept), best->name);
}

const char *unit_hint(enum unit_kind kind)
{
	return tables[kind].hint;
}
