/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/relay.h"

#include "bdrmon/hash.h"
#include "bdrmon/strbuf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One letter for what is seen. */
static const char letters[HEALTHS] = {
	[HEALTH_UP] = 'u',
	[HEALTH_SUSPECT] = 's',
	[HEALTH_DOWN] = 'd',
	[HEALTH_RECOVERING] = 'r',
};
#define LETTER_USED 'p'

/* Moments are written to this base: milliseconds since 1970 have eight digits then. */
#define BASE       36
#define DIGITS_MAX 13

static void add_number(struct strbuf *out, int64_t number)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char text[DIGITS_MAX + 1];
	unsigned at = DIGITS_MAX;

	text[at] = '\0';
	do
		text[--at] = digits[number % BASE];
	while ((number /= BASE) > 0 && at > 0);
	strbuf_add(out, text + at);
}

static void add_sight(struct strbuf *out, int id, const struct sight *sight,
		      const struct server_clock *clock)
{
	bool used = instant_before(sight->asked, sight->used);
	struct instant at = used ? sight->used : sight->asked;
	char letter = used ? LETTER_USED : letters[sight->health];

	if (id == 0 || letter == '\0' || !instant_is_set(at) || !instant_is_set(clock->heard))
		return;
	strbuf_printf(out, " %d=%c", id, letter);
	add_number(out, clock->said_ms - ms_between(at, clock->heard) - 1);
}

/* As it stands in a text when the name would not fit. */
static void hash_name(struct strbuf *out, const char *monitor)
{
	strbuf_printf(out, "~%08" PRIx32, hash_bytes(HASH_BEGIN, monitor, strlen(monitor)));
}

void relay_write(char text[RELAY_TEXT_MAX], const char *monitor, uint32_t settings,
		 const int id[NODES], const struct sight sight[NODES],
		 const struct server_clock *clock)
{
	/* A blank would end the name, and '~' is the sign of a hash. */
	bool plain = monitor[strcspn(monitor, " ~")] == '\0';

	for (bool fits = false; !fits; plain = false) {
		struct strbuf out = strbuf_over(text, RELAY_TEXT_MAX);
		strbuf_add(&out, RELAY_BEGIN "m=");
		if (plain)
			strbuf_add(&out, monitor);
		else
			hash_name(&out, monitor);
		strbuf_printf(&out, " c=%08" PRIx32, settings);
		for (unsigned i = 0; i < NODES; i++)
			add_sight(&out, id[i], &sight[i], clock);
		fits = !out.cut || !plain;
	}
}

static bool read_sight(const char *word, struct relay *relay)
{
	struct relayed got = { 0 };
	char letter;
	int length = 0;

	if (sscanf(word, "%d=%c%n", &got.id, &letter, &length) != 2 || relay->count == NODES)
		return false;
	const char *at = word + length;
	char *end;
	got.at_ms = strtoll(at, &end, BASE);
	if (end == at || *end != '\0' || *at == '-' || *at == '+')
		return false;
	got.used = letter == LETTER_USED;
	while (!got.used && got.health < HEALTHS && letters[got.health] != letter)
		got.health++;
	if (got.health == HEALTHS)
		return false;
	relay->node[relay->count++] = got;
	return true;
}

bool relay_read(const char *text, struct relay *relay)
{
	struct relay got = { 0 };
	char words[RELAY_TEXT_MAX], *rest;
	int length = 0;

	/* NOLINTNEXTLINE(bugprone-sizeof-expression): room for the end of the name's text */
	_Static_assert(sizeof got.monitor == RELAY_TEXT_MAX, "63 below");
	if (sscanf(text, RELAY_BEGIN "m=%63[^ ] c=%8" SCNx32 "%n", got.monitor, &got.settings,
		   &length) != 2)
		return false;
	copy_text(words, sizeof words, text + length);
	for (char *word = strtok_r(words, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		if (!read_sight(word, &got))
			return false;
	}
	*relay = got;
	return true;
}

bool relay_is_from(const struct relay *relay, const char *monitor)
{
	char hashed[RELAY_TEXT_MAX];
	struct strbuf out = STRBUF(hashed);

	hash_name(&out, monitor);
	return strcmp(relay->monitor, monitor) == 0 || strcmp(relay->monitor, hashed) == 0;
}

struct sight relay_sight(const struct relay *relay, int id, struct instant asked,
			 struct instant seen, int64_t server_now_ms)
{
	struct sight sight = { 0 };

	for (unsigned i = 0; i < relay->count; i++) {
		const struct relayed *r = &relay->node[i];
		if (r->id != id || r->at_ms > server_now_ms)
			continue;
		struct instant at = instant_add_ms(asked, r->at_ms - server_now_ms);
		if (instant_before(seen, at))
			at = seen;
		if (r->used)
			sight.used = at;
		else
			sight = (struct sight) { .health = r->health, .asked = at };
	}
	return sight;
}
