/* SPDX-License-Identifier: PostgreSQL */
#include "way.h"

static const struct way *way_to(const struct file_place *place)
{
	return place->command[0] == '\0' ? &way_local : &way_remote;
}

static enum status check(const struct file_place *place, struct error *err)
{
	if (place->file[0] == '/')
		return OK;
	return error_set(err, ERR_SYSTEM, "file \"%s\" is not given by an absolute path",
			 place->file);
}

enum status way_too_large(const char *file, struct error *err)
{
	return error_set(err, ERR_SYSTEM, "file \"%s\" is larger than %d kB", file,
			 PROXY_TEXT_MAX / 1024);
}

enum status file_place_read(const struct file_place *place, const struct pg_wait *wait,
			    struct file_copy *copy, struct error *err)
{
	enum status st = check(place, err);
	return st == OK ? way_to(place)->read(place, wait, copy, err) : st;
}

enum status file_place_replace(const struct file_place *place, const struct file_copy *old,
			       const char *text, size_t length, int64_t until_us,
			       const struct pg_wait *wait, enum replaced *end, struct error *err)
{
	const struct replacement what = { old, text, length, until_us };
	enum status st = check(place, err);

	if (st == OK && length > PROXY_TEXT_MAX)
		st = way_too_large(place->file, err);
	return st == OK ? way_to(place)->replace(place, &what, wait, end, err) : st;
}
