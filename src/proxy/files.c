/* SPDX-License-Identifier: PostgreSQL */
#include "files.h"

#include "bdrmon/clock.h"
#include "bdrmon/strbuf.h"

/* A file that cannot be read is left alone for so long. */
#define READ_AGAIN_MS 5000

static enum status note(struct proxy *proxy, enum status st, const struct error *err)
{
	if (st == OK)
		proxy->file_reason[0] = '\0';
	else if (st != ERR_STOPPED)
		COPY_LINE(proxy->file_reason, err->text);
	return st;
}

static struct pg_wait wait_of(int64_t limit_ms, int stop_fd)
{
	return (struct pg_wait) { instant_add_ms(clock_now(), limit_ms), stop_fd };
}

enum status files_read(struct proxy *proxy, int64_t limit_ms, int stop_fd, struct proxy_said *said)
{
	struct pg_wait wait = wait_of(limit_ms, stop_fd);
	struct file_copy *copy = proxy->copy;
	struct error err = { 0 };

	enum status st = file_place_read(&proxy->setup.place, &wait, copy, &err);
	if (st == OK)
		st = proxy_text_read(copy->text, copy->length, &proxy->setup.aliases, said, &err);
	return note(proxy, st, &err);
}

void files_take(struct proxy *proxy, const struct proxy_file *file)
{
	struct proxy_view *view = &proxy->view;

	if (file->epoch != view->file.epoch || file->node != view->file.node)
		view->file_since = clock_now();
	view->file = *file;
}

enum status files_look(struct proxy *proxy, int stop_fd)
{
	struct instant began = clock_now();
	struct proxy_said said;

	if (instant_before(began, proxy->file_due))
		return OK;
	enum status st = files_read(proxy, proxy->setup.move.test_ms, stop_fd, &said);
	if (st == ERR_STOPPED)
		return st;
	int64_t pause_ms = st == OK ? proxy->setup.interval_ms : READ_AGAIN_MS;
	proxy->file_due = instant_add_ms(began, pause_ms);
	files_take(proxy, st == OK ? &said.file : &(struct proxy_file) { .node = NODES });
	COPY_TEXT(proxy->file_odd, st == OK ? said.odd : "");
	return OK;
}

enum status files_write(struct proxy *proxy, const struct proxy_file *file, int64_t until_us,
			int64_t limit_ms, int stop_fd, enum replaced *end)
{
	struct pg_wait wait = wait_of(limit_ms, stop_fd);
	const struct file_copy *copy = proxy->copy;
	struct error err = { 0 };
	size_t length;

	enum status st = proxy_text_edit(copy->text, copy->length, &proxy->setup.aliases, file,
					 proxy->made, PROXY_TEXT_MAX, &length, &err);
	if (st == OK)
		st = file_place_replace(&proxy->setup.place, copy, proxy->made, length, until_us,
					&wait, end, &err);
	if (st == OK && *end == REPLACED_WON)
		files_take(proxy, file);
	return note(proxy, st, &err);
}
