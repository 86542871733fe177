/* SPDX-License-Identifier: PostgreSQL */
#include "mark.h"

#include <inttypes.h>
#include <string.h>

#define BEGINS "; bdrmon/1"
#define ENDS   " (written by bdrmon: it compares this line, leave it)"

/* What is left of the line, and whether it was right so far. */
struct fields {
	struct span left;
	bool right;
};

bool mark_is(struct span comment)
{
	size_t length = strlen(BEGINS);

	return comment.length >= length && memcmp(comment.at, BEGINS, length) == 0 &&
	       (comment.length == length || ini_blank(comment.at[length]));
}

static void expect(struct fields *fields, const char *text)
{
	size_t length = strlen(text);

	fields->right = fields->right && fields->left.length >= length &&
			memcmp(fields->left.at, text, length) == 0;
	if (fields->right) {
		fields->left.at += length;
		fields->left.length -= length;
	}
}

static uint64_t take_number(struct fields *fields)
{
	uint64_t number = 0;
	size_t digits = 0;

	for (; digits < fields->left.length; digits++) {
		unsigned digit = (unsigned char)fields->left.at[digits] - (unsigned)'0';
		if (digit > 9)
			break;
		if (number > (UINT64_MAX - digit) / 10)
			fields->right = false;
		number = number * 10 + digit;
	}
	fields->right = fields->right && digits > 0;
	fields->left.at += digits;
	fields->left.length -= digits;
	return number;
}

/* A node by its ID. */
static unsigned take_node(struct fields *fields, const struct proxy_aliases *aliases)
{
	uint64_t id = take_number(fields);

	for (unsigned node = 0; node < NODES; node++) {
		if (id <= INT32_MAX && (int)id == aliases->id[node])
			return node;
	}
	fields->right = false;
	return NODES;
}

bool mark_read(struct span comment, const struct proxy_aliases *aliases, struct proxy_file *file)
{
	struct fields fields = { .left = comment, .right = true };
	struct proxy_file got = { .node = NODES };

	expect(&fields, BEGINS " epoch=");
	got.epoch = take_number(&fields);
	expect(&fields, " node=");
	got.node = take_node(&fields, aliases);
	expect(&fields, " heeds=");
	for (unsigned i = 0; i < NODES && fields.right; i++) {
		if (i > 0)
			expect(&fields, ",");
		unsigned recorder = take_node(&fields, aliases);
		expect(&fields, ":");
		if (fields.right)
			got.honoured[recorder] = take_number(&fields);
	}
	if (!fields.right || (fields.left.length > 0 && fields.left.at[0] != ' '))
		return false;
	*file = got;
	return true;
}

void mark_write(struct strbuf *out, const struct proxy_aliases *aliases,
		const struct proxy_file *file)
{
	strbuf_printf(out, BEGINS " epoch=%" PRIu64 " node=%d heeds=", file->epoch,
		      aliases->id[file->node]);
	/* The same line whoever writes it: each monitor has its own node first. */
	unsigned first = aliases->id[0] < aliases->id[1] ? 0 : 1;
	for (unsigned i = 0; i < NODES; i++) {
		unsigned recorder = (first + i) % NODES;
		strbuf_printf(out, "%s%d:%" PRIu64, i > 0 ? "," : "", aliases->id[recorder],
			      file->honoured[recorder]);
	}
	strbuf_add(out, ENDS);
}
