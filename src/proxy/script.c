/* SPDX-License-Identifier: PostgreSQL */
#include "script.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What /proc/uptime counts in. */
#define TICK_US 10000

/* Of the parts of a script below, and of the path with each ' in four bytes. */
#define FRAME_MAX 8192

/* /proc/uptime is a number with two decimals: without the point it counts ticks. */
static const char head[] =
	"LC_ALL=C; export LC_ALL\n"
	"fail() { printf '%s\\n' \"$1\" >&2; exit 1; }\n"
	"clock() {\n"
	"  IFS='. ' read -r seconds decimals rest </proc/uptime ||"
	" fail 'could not read /proc/uptime'\n"
	"  now=$seconds$decimals\n"
	"}\n"
	"say() { printf '\\n%s %s\\n' \"$token\" \"$1\"; }\n"
	"end() { printf '\\n%s end\\n' \"$token\"; exit 0; }\n"
	"tools() {\n"
	"  for tool; do\n"
	"    command -v \"$tool\" >/dev/null || fail \"$tool(1) is missing there\"\n"
	"  done\n"
	"}\n"
	"look_at_file() {\n"
	"  [ -e \"$file\" ] || fail 'there is no such file, or a directory that may not be "
	"entered'\n"
	"  [ -f \"$file\" ] || fail 'it is no regular file'\n"
	"}\n";

/* The lock is opened for reading, so that users can lock what another one has made. What was
 * left behind beside the file may be removed by who has the lock. Where a tool says what is wrong
 * nothing is added: the last line is what people will read. Each process takes milliseconds to
 * start, so those are left out that are not always needed. */
static const char lock[] =
	"tools base64 cmp cp flock mv readlink rm stat sync\n"
	"look_at_file\n"
	"[ ! -L \"$file\" ] || file=$(readlink -f -- \"$file\") || exit 1\n"
	"lock=$file" LOCK_SUFFIX "\n"
	"fresh=$file" FRESH_SUFFIX "\n"
	"umask 022\n"
	"[ -e \"$lock\" ] || (set -C; : >\"$lock\") || [ -e \"$lock\" ] ||"
	" fail \"could not create file \\\"$lock\\\"; the command must become a user who may\"\n"
	"exec 9<\"$lock\" || exit 1\n"
	"verdict() { say \"$1\"; end; }\n"
	"clock\n"
	"left=$((until - now))\n"
	"[ \"$left\" -gt 0 ] || verdict late\n"
	"decimals=$((left % 100))\n"
	"[ \"$decimals\" -gt 9 ] || decimals=0$decimals\n"
	"flock -E 75 -w \"$((left / 100)).$decimals\" 9\n"
	"case $? in 0) ;; 75) verdict late ;; *) exit 1 ;; esac\n"
	"discard() { rm -f -- \"$fresh\"; }\n"
	"give_up() { discard; [ $# -eq 0 ] || fail \"$1\"; exit 1; }\n"
	"[ ! -e \"$fresh\" ] && [ ! -L \"$fresh\" ] || discard\n"
	"umask 077\n"
	"set -C\n"
	"base64 -d >\"$fresh\" <<'END' || give_up\n";

static const char compare[] =
	"set +C\n"
	"cp --attributes-only --preserve=mode,ownership -- \"$file\" \"$fresh\" || give_up\n"
	"[ -O \"$file\" ] && [ -G \"$file\" ] && [ -G \"$fresh\" ] || {\n"
	"  set -- $(stat -c %u:%g -- \"$file\" \"$fresh\")\n"
	"  [ \"$1\" = \"$2\" ] || give_up \"could not give file \\\"$file\\\" to the owner that it "
	"has;"
	" the command must become a user who may\"\n"
	"}\n"
	"sync -- \"$fresh\" || give_up\n"
	"base64 -d <<'END' | cmp -s -- - \"$file\"\n";

static const char decide[] = "case $? in\n"
			     "0) ;;\n"
			     "1) discard; verdict lost ;;\n"
			     "*) give_up 'the file could not be compared' ;;\n"
			     "esac\n"
			     "clock\n"
			     "[ \"$now\" -lt \"$until\" ] || { discard; verdict late; }\n"
			     "mv -fT -- \"$fresh\" \"$file\" || give_up\n"
			     "sync -- \"${file%/*}/\" || exit 1\n"
			     "verdict won\n";

struct token token_make(int64_t left, int64_t right)
{
	struct token token = { .left = left, .right = right };

	snprintf(token.head, sizeof token.head, "\nbdrmon-%" PRId64 " ", left + right);
	snprintf(token.end, sizeof token.end, "\nbdrmon-%" PRId64 " end\n", left + right);
	return token;
}

static size_t base64_size(size_t length)
{
	return (length + 2) / 3 * 4 + 1;
}

size_t script_size(const struct replacement *what)
{
	size_t size = FRAME_MAX + 4 * PATH_TEXT_MAX;

	if (what != NULL)
		size += base64_size(what->length) + base64_size(what->old->length);
	return size;
}

void script_quote(struct strbuf *script, const char *text)
{
	strbuf_add_char(script, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			strbuf_add(script, "'\\''");
		else
			strbuf_add_char(script, *text);
	}
	strbuf_add_char(script, '\'');
}

/* As a here-document, after its <<'END' and the line's end. */
static void add_bytes(struct strbuf *script, const char *bytes, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	const unsigned char *at = (const unsigned char *)bytes;

	for (size_t i = 0; i < length; i += 3) {
		unsigned second = i + 1 < length ? at[i + 1] : 0;
		unsigned third = i + 2 < length ? at[i + 2] : 0;
		unsigned all = (unsigned)at[i] << 16 | second << 8 | third;
		strbuf_add_char(script, digits[all >> 18]);
		strbuf_add_char(script, digits[all >> 12 & 63]);
		strbuf_add_char(script, i + 1 < length ? digits[all >> 6 & 63] : '=');
		strbuf_add_char(script, i + 2 < length ? digits[all & 63] : '=');
	}
	strbuf_add(script, "\nEND\n");
}

static void begin(struct strbuf *script, const char *file, const struct token *token)
{
	strbuf_add(script, "place() {\n");
	strbuf_add(script, head);
	strbuf_printf(script, "token=bdrmon-$((%" PRId64 " + %" PRId64 "))\n", token->left,
		      token->right);
	strbuf_add(script, "file=");
	script_quote(script, file);
	strbuf_add_char(script, '\n');
}

static void finish(struct strbuf *script)
{
	strbuf_add(script, "}\nplace\n");
}

void script_read(struct strbuf *script, const char *file, const struct token *token)
{
	begin(script, file, token);
	strbuf_add(script, "look_at_file\nclock\nsay \"$now\"\n");
	strbuf_printf(script, "head -c %d -- \"$file\" || exit 1\n", PROXY_TEXT_MAX + 1);
	strbuf_add(script, "end\n");
	finish(script);
}

void script_replace(struct strbuf *script, const char *file, const struct replacement *what,
		    const struct token *token)
{
	begin(script, file, token);
	strbuf_printf(script, "until=%" PRId64 "\n", what->until_us / TICK_US);
	strbuf_add(script, lock);
	add_bytes(script, what->text, what->length);
	strbuf_add(script, compare);
	add_bytes(script, what->old->text, what->old->length);
	strbuf_add(script, decide);
	finish(script);
}

bool script_answer(const char *answer, size_t answer_length, const struct token *token,
		   char field[FIELD_MAX], const char **text, size_t *length)
{
	size_t head_length = strlen(token->head), field_length = 0;
	const char *start = memmem(answer, answer_length, token->head, head_length);

	if (start == NULL)
		return false;
	start += head_length;
	size_t rest = answer_length - (size_t)(start - answer);
	const char *line_end = memchr(start, '\n', rest);
	const char *end = memmem(start, rest, token->end, strlen(token->end));
	if (line_end == NULL || end == NULL || end < line_end + 1)
		return false;
	field_length = (size_t)(line_end - start);
	if (field_length >= FIELD_MAX)
		return false;
	memcpy(field, start, field_length);
	field[field_length] = '\0';
	*text = line_end + 1;
	*length = (size_t)(end - line_end) - 1;
	return true;
}

bool script_clock_us(const char *field, int64_t *us)
{
	if (field[0] == '\0' || strlen(field) > 14 || strspn(field, "0123456789") != strlen(field))
		return false;
	*us = strtoll(field, NULL, 10) * TICK_US;
	return true;
}
