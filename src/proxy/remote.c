/* SPDX-License-Identifier: PostgreSQL */
#include "errand.h"
#include "script.h"
#include "way.h"

#include "bdrmon/clock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a login shell's banner, before and after. */
#define BANNER_MAX 65536

/* What is on its way to the place, and back. */
struct message {
	struct strbuf script;
	struct token token;
	char command[COMMAND_MAX + 16];
	char answer[PROXY_TEXT_MAX + BANNER_MAX];
	char field[FIELD_MAX];
	const char *text; /* in the answer */
	size_t length;
};

static enum status no_memory(struct error *err)
{
	return error_set(err, ERR_SYSTEM, "out of memory");
}

/* Gives NULL without memory. End it with close_message(). */
static struct message *open_message(const struct file_place *place, const struct replacement *what)
{
	struct message *message = malloc(sizeof *message);
	size_t size = script_size(what);
	char *memory = malloc(size);

	if (message == NULL || memory == NULL) {
		free(message);
		free(memory);
		return NULL;
	}
	struct strbuf command = STRBUF(message->command);
	strbuf_printf(&command, "%s sh -s", place->command);
	message->script = strbuf_over(memory, size);
	message->token = token_make(clock_now().us, (int64_t)getpid() << 20);
	return message;
}

static void close_message(struct message *message)
{
	free(message->script.text);
	free(message);
}

/* Tell what the place said of VERB as an error of ours. */
static enum status failed(const struct file_place *place, const char *verb, enum status st,
			  const char *reason, struct error *err)
{
	return error_set(err, st == ERR_FULL ? ERR_SYSTEM : st,
			 "could not %s file \"%s\" by the proxy's command: %s", verb, place->file,
			 reason);
}

/* Bring the script there and its answer back. */
static enum status send_message(const struct file_place *place, const char *verb,
				struct message *message, const struct pg_wait *wait,
				struct error *err)
{
	struct errand errand = {
		.command = message->command,
		.input = message->script.text,
		.input_length = message->script.length,
		.last = message->token.end,
		.output = message->answer,
		.size = sizeof message->answer,
	};
	struct error why;

	if (message->script.cut)
		return failed(place, verb, ERR_SYSTEM, "its path is too long", err);
	enum status st = errand_run(&errand, wait, &why);
	if (st != OK)
		return failed(place, verb, st, why.text, err);
	if (!errand.complete)
		return failed(place, verb, ERR_SYSTEM, errand.reason, err);
	if (!script_answer(errand.output, errand.length, &message->token, message->field,
			   &message->text, &message->length))
		return failed(place, verb, ERR_SYSTEM, "its answer is malformed", err);
	return OK;
}

static enum status read_there(const struct file_place *place, const struct pg_wait *wait,
			      struct file_copy *copy, struct error *err)
{
	struct message *message = open_message(place, NULL);
	int64_t host_us = 0;

	if (message == NULL)
		return no_memory(err);
	script_read(&message->script, place->file, &message->token);
	enum status st = send_message(place, "read", message, wait, err);
	if (st == OK && message->length > PROXY_TEXT_MAX)
		st = way_too_large(place->file, err);
	else if (st == OK && !script_clock_us(message->field, &host_us))
		st = failed(place, "read", ERR_SYSTEM, "its clock is malformed", err);
	if (st == OK) {
		copy->host_us = host_us;
		copy->length = message->length;
		memcpy(copy->text, message->text, message->length);
	}
	close_message(message);
	return st;
}

static enum status replace_there(const struct file_place *place, const struct replacement *what,
				 const struct pg_wait *wait, enum replaced *end, struct error *err)
{
	struct message *message = open_message(place, what);

	if (message == NULL)
		return no_memory(err);
	script_replace(&message->script, place->file, what, &message->token);
	enum status st = send_message(place, "replace", message, wait, err);
	if (st == OK)
		*end = strcmp(message->field, "won") == 0    ? REPLACED_WON
		       : strcmp(message->field, "late") == 0 ? REPLACED_LATE
							     : REPLACED_LOST;
	close_message(message);
	return st;
}

const struct way way_remote = { read_there, replace_there };
