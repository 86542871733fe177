/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/pinboard.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <stdlib.h>

enum column { COLUMN_UP, COLUMN_NOW, COLUMN_STARTED, COLUMN_TEXT, COLUMNS };
_Static_assert(COLUMNS == PIN_COLUMNS_END, "what others ask for begins behind these");

void pinboard_take(const PGresult *rows, struct instant asked, struct pinboard *board)
{
	*board = (struct pinboard) {
		.asked = asked,
		.clock = { clock_now(), strtoll(PQgetvalue(rows, 0, COLUMN_NOW), NULL, 10) },
		.started_us = strtoll(PQgetvalue(rows, 0, COLUMN_STARTED), NULL, 10),
	};
	for (int i = 0; i < PQntuples(rows) && board->texts < PIN_TEXTS_MAX; i++) {
		if (PQgetisnull(rows, i, COLUMN_TEXT))
			continue;
		COPY_TEXT(board->text[board->texts], PQgetvalue(rows, i, COLUMN_TEXT));
		board->texts++;
	}
}
