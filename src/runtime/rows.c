/* SPDX-License-Identifier: PostgreSQL */
#include "rows.h"

#include "bdrmon/lookup.h"
#include "fields_text.h"

#include <assert.h>

static const struct text_field fields[] = {
	TEXT_FIELD(struct row, "row", TEXT_NUMBER, serial),
	TEXT_FIELD(struct row, "tried", TEXT_NUMBER, tried),
	TEXT_FIELD(struct row, "event", TEXT_EVENT, event),
	TEXT_FIELD(struct row, "success", TEXT_FLAG, success),
	TEXT_FIELD(struct row, "node_id", TEXT_NUMBER, node_id),
	TEXT_FIELD(struct row, "timestamp", TEXT_STRING, timestamp),
	TEXT_FIELD(struct row, "details", TEXT_STRING, details),
};

struct row *rows_at(struct rows *rows, unsigned index)
{
	assert(index < rows->count);
	return &rows->row[(rows->first + index) % ROWS_MAX];
}

bool rows_put(struct rows *rows, const struct row *row)
{
	bool fits = rows->count < ROWS_MAX;

	if (!fits) {
		rows->first = (rows->first + 1) % ROWS_MAX;
		rows->count--;
		rows->lost++;
	}
	rows->count++;
	*rows_at(rows, rows->count - 1) = *row;
	return fits;
}

void rows_remove(struct rows *rows, int64_t serial)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < rows->count; i++) {
		if (rows_at(rows, i)->serial == serial)
			continue;
		if (kept != i)
			*rows_at(rows, kept) = *rows_at(rows, i);
		kept++;
	}
	rows->count = kept;
}

void rows_write(struct strbuf *out, struct rows *rows)
{
	for (unsigned i = 0; i < rows->count; i++)
		fields_write(out, fields, ARRAY_LEN(fields), rows_at(rows, i));
}

void rows_read(const char **text, struct rows *rows)
{
	struct row row;

	while (fields_read(text, fields, ARRAY_LEN(fields), &row))
		rows_put(rows, &row);
}
