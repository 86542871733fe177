/* SPDX-License-Identifier: PostgreSQL */
/* Adopting a proxy: what a file and what runs must be like for it, and what changes. */
#include "ask.h"
#include "console.h"
#include "files.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

#include <stdlib.h>
#include <string.h>

/* A person waits for it, and a first connection by ssh takes its time. */
#define FILE_MS 10000

struct adoption {
	struct proxy *proxy;
	const struct proxy_stop *stop;
	struct proxy_adopted *adopted;
	struct proxy_said said;
};

static struct pg_wait file_wait(const struct adoption *a)
{
	return (struct pg_wait) { instant_add_ms(clock_now(), FILE_MS), a->stop->stop_fd };
}

/* ----------------------------------------------------------------------- refusals */

/* Say of which file ERR speaks, and what can be done where it does not say so itself. */
static enum status of_file(const struct adoption *a, enum status st, const char *hint,
			   struct error *err)
{
	const struct error why = *err;

	error_set(err, st, "file \"%s\": %s", a->proxy->setup.place.file, why.text);
	error_hint(err, "%s", why.hint[0] != '\0' ? why.hint : hint);
	return st;
}

static enum status refuse_place(const struct adoption *a, enum status st, struct error *err)
{
	if (err->hint[0] == '\0')
		error_hint(err,
			   "It is \"file\" in section [pgbouncer %s]: bdrmon must be able to read "
			   "it, and to make files beside it, here or by way of \"ssh\" or "
			   "\"command\".",
			   a->proxy->setup.name);
	return st;
}

static enum status refuse_console(const struct adoption *a, const char *command, enum status st,
				  struct error *err)
{
	error_set(err, st, "%s on its console failed: %s", command, a->proxy->reason);
	error_hint(err,
		   "See \"conninfo\" in section [pgbouncer %s]: its user must be one of "
		   "PgBouncer's admin_users.",
		   a->proxy->setup.name);
	return st;
}

static enum status refuse_routes(const struct adoption *a, struct error *err)
{
	error_set(err, ERR_CONFIG, "in what runs, %s", a->proxy->odd);
	error_hint(err,
		   "See SHOW DATABASES, and \"aliases\" and \"targets\" in section "
		   "[pgbouncer %s].",
		   a->proxy->setup.name);
	return ERR_CONFIG;
}

/* Only what would edit the file can say why it cannot. */
static enum status refuse_file(const struct adoption *a, struct error *err)
{
	const struct proxy *proxy = a->proxy;
	const struct proxy_file any = { .node = 0 };
	size_t length;

	enum status st =
		proxy_text_edit(proxy->copy->text, proxy->copy->length, &proxy->setup.aliases, &any,
				proxy->made, PROXY_TEXT_MAX, &length, err);
	if (st == OK)
		st = error_set(err, ERR_CONFIG, "%s", a->said.odd);
	return of_file(a, st,
		       "Point all of them to the same node, or name in \"aliases\" only those that "
		       "bdrmon shall move.",
		       err);
}

static enum status refuse_difference(const struct adoption *a, struct error *err)
{
	const struct proxy_aliases *aliases = &a->proxy->setup.aliases;
	unsigned file = a->said.file.node, runs = a->proxy->view.route;

	error_set(err, ERR_CONFIG,
		  "file \"%s\" points to node %d (%s port %s), but what runs to node %d (%s port "
		  "%s)",
		  a->proxy->setup.place.file, aliases->id[file], aliases->target[file].host,
		  aliases->target[file].port, aliases->id[runs], aliases->target[runs].host,
		  aliases->target[runs].port);
	error_hint(err, "Change the file, or load it with RELOAD, so that both say the same.");
	return ERR_CONFIG;
}

/* ------------------------------------------------------------------ what there is */

static enum status read_file(struct adoption *a, struct error *err)
{
	struct proxy *proxy = a->proxy;
	struct pg_wait wait = file_wait(a);

	enum status st = file_place_read(&proxy->setup.place, &wait, proxy->copy, err);
	if (st != OK)
		return refuse_place(a, st, err);
	a->adopted->text = proxy->copy->text;
	a->adopted->text_length = proxy->copy->length;
	st = proxy_text_read(proxy->copy->text, proxy->copy->length, &proxy->setup.aliases,
			     &a->said, err);
	return st == OK ? OK
			: of_file(a, st,
				  "PgBouncer would refuse this file, now and when bdrmon moves the "
				  "proxy.",
				  err);
}

static enum status see(struct adoption *a, struct error *err)
{
	struct proxy *proxy = a->proxy;

	enum status st = console_routes(proxy, console_limit_ms(proxy), a->stop->stop_fd);
	if (st != OK)
		return refuse_console(a, "SHOW DATABASES", st, err);
	if ((st = read_file(a, err)) != OK)
		return st;
	if (a->said.file.node == NODES)
		return refuse_file(a, err);
	if (proxy->view.route == NODES)
		return refuse_routes(a, err);
	return proxy->view.route == a->said.file.node ? OK : refuse_difference(a, err);
}

/* Make the text that says FILE; SAME: it is the one that is there. */
static enum status make(struct proxy *proxy, const struct proxy_file *file, size_t *length,
			bool *same, struct error *err)
{
	const struct file_copy *copy = proxy->copy;

	enum status st = proxy_text_edit(copy->text, copy->length, &proxy->setup.aliases, file,
					 proxy->made, PROXY_TEXT_MAX, length, err);
	*same = st == OK && *length == copy->length &&
		memcmp(proxy->made, copy->text, *length) == 0;
	return st;
}

static enum status plan(struct adoption *a, struct error *err)
{
	struct proxy_adopted *adopted = a->adopted;
	bool same;

	adopted->file = a->said.file;
	enum status st = make(a->proxy, &adopted->file, &adopted->made_length, &same, err);
	if (st == OK && !same) {
		adopted->file.epoch++;
		st = make(a->proxy, &adopted->file, &adopted->made_length, &same, err);
	}
	if (st != OK)
		return of_file(a, st, "", err);
	adopted->made = a->proxy->made;
	adopted->write = !same;
	adopted->load = adopted->write || a->proxy->one_eyed;
	return OK;
}

/* ------------------------------------------------------------------- what is done */

static enum status replace(struct adoption *a, const struct file_copy *old, const char *text,
			   size_t length, enum replaced *end, struct error *err)
{
	struct pg_wait wait = file_wait(a);
	/* Nobody is moved by it, so the window need not be narrow. */
	int64_t until_us = old->host_us + FILE_MS * INT64_C(1000);

	return file_place_replace(&a->proxy->setup.place, old, text, length, until_us, &wait, end,
				  err);
}

static enum status write_file(struct adoption *a, struct error *err)
{
	const struct proxy_adopted *adopted = a->adopted;
	enum replaced end;

	enum status st = replace(a, a->proxy->copy, adopted->made, adopted->made_length, &end, err);
	if (st != OK)
		return refuse_place(a, st, err);
	if (end == REPLACED_WON)
		return OK;
	error_set(err, ERR_TAKEN, "file \"%s\" was changed or locked by somebody else meanwhile",
		  a->proxy->setup.place.file);
	error_hint(err, "Say it again.");
	return ERR_TAKEN;
}

/* Put the file back as it was, unless it is another one by now. */
static bool put_back(struct adoption *a)
{
	const struct proxy *proxy = a->proxy;
	const struct proxy_adopted *adopted = a->adopted;
	struct pg_wait wait = file_wait(a);
	struct file_copy *now = malloc(sizeof *now);
	struct error unused;
	enum replaced end = REPLACED_LOST;

	bool ours = now != NULL &&
		    file_place_read(&proxy->setup.place, &wait, now, &unused) == OK &&
		    now->length == adopted->made_length &&
		    memcmp(now->text, adopted->made, now->length) == 0;
	if (ours && replace(a, now, proxy->copy->text, proxy->copy->length, &end, &unused) != OK)
		end = REPLACED_LOST;
	free(now);
	return end == REPLACED_WON;
}

static const char *what_became_of_it(struct adoption *a)
{
	if (!a->adopted->write)
		return "";
	return put_back(a) ? "The file is as it was. " : "The file could not be put back. ";
}

static enum status load(struct adoption *a, struct error *err)
{
	struct proxy *proxy = a->proxy;
	int64_t limit_ms = console_limit_ms(proxy);

	enum status st = console_run(proxy, "RELOAD", limit_ms, a->stop->stop_fd, NULL);
	if (st == OK)
		st = console_routes(proxy, limit_ms, a->stop->stop_fd);
	if (st == ERR_TIMEOUT || st == ERR_STOPPED)
		return refuse_console(a, "RELOAD", st, err);
	if (st == OK && proxy->view.route == a->adopted->file.node && !proxy->one_eyed)
		return OK;
	error_set(err, ERR_SERVER, "RELOAD did not take file \"%s\" over%s%s",
		  proxy->setup.place.file, st == OK ? "" : ": ", st == OK ? "" : proxy->reason);
	error_hint(err,
		   "%sDoes this PgBouncer read that file, and is there nothing of it in another "
		   "one? Its log tells why it refuses a file.",
		   what_became_of_it(a));
	return ERR_SERVER;
}

static enum status test(struct adoption *a)
{
	struct proxy *proxy = a->proxy;
	int64_t limit_ms = proxy->setup.move.test_ms;
	struct alias_question questions[NODES] = { 0 };

	for (unsigned node = 0; node < NODES; node++) {
		questions[node].alias = proxy->setup.aliases.probe[node];
		questions[node].hedge_ms = limit_ms / 2; /* the pool is new: it is rather slow */
		questions[node].limit_ms = limit_ms;
	}
	enum status st = alias_ask(proxy, questions, NODES, a->stop);
	a->adopted->tested = st == OK;
	for (unsigned node = 0; node < NODES && st == OK; node++) {
		const struct probe_result *result = &questions[node].result;
		a->adopted->serves[node] = result->outcome == OUTCOME_OK;
		COPY_TEXT(a->adopted->reason[node], result->reason);
	}
	return st;
}

enum status proxy_adopt(struct proxy *proxy, bool rehearse, const struct proxy_stop *stop,
			struct proxy_adopted *adopted, struct error *err)
{
	struct adoption a = { proxy, stop, adopted, .said = { .odd = "" } };

	*adopted = (struct proxy_adopted) { .file.node = NODES };
	enum status st = see(&a, err);
	if (st == OK)
		st = plan(&a, err);
	if (st != OK || rehearse || !adopted->load)
		return st;
	if (adopted->write)
		st = write_file(&a, err);
	if (st == OK)
		st = load(&a, err);
	proxy->file_due = NEVER;
	return st == OK ? test(&a) : st;
}

/* ------------------------------------------------------------------ what it is like */

enum status proxy_inspect(struct proxy *proxy, const struct proxy_stop *stop,
			  struct proxy_inspected *inspected)
{
	struct error unused;
	size_t length;
	bool same;

	*inspected = (struct proxy_inspected) { .said.file.node = NODES };
	enum status st = proxy_look(proxy, LOGIN_RETRY_KEEP, stop);
	if (st == OK)
		st = files_read(proxy, FILE_MS, stop->stop_fd, &inspected->said);
	if (st == ERR_STOPPED)
		return st;
	inspected->readable = st == OK;
	if (st != OK || inspected->said.file.node == NODES)
		return OK;
	st = make(proxy, &inspected->said.file, &length, &same, &unused);
	inspected->adopted = st == OK && same && proxy->answers && !proxy->one_eyed;
	return OK;
}
