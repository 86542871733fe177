/* SPDX-License-Identifier: PostgreSQL */
/* way.h - the ways to a file: without a process on this host, and by way of a command. */
#ifndef BDRMON_PROXY_WAY_H
#define BDRMON_PROXY_WAY_H

#include "bdrmon/file_place.h"

/* Beside the file. Both ways must agree about them. */
#define LOCK_SUFFIX  ".bdrmon.lock"
#define FRESH_SUFFIX ".bdrmon.new"

/* What is to be replaced by what, and until when. The texts are borrowed. */
struct replacement {
	const struct file_copy *old;
	const char *text;
	size_t length;
	int64_t until_us;
};

/* The functions of file_place.h, when the place has been looked at. */
struct way {
	enum status (*read)(const struct file_place *place, const struct pg_wait *wait,
			    struct file_copy *copy, struct error *err);
	enum status (*replace)(const struct file_place *place, const struct replacement *what,
			       const struct pg_wait *wait, enum replaced *end, struct error *err);
};

extern const struct way way_local, way_remote;

/* The file is larger than PROXY_TEXT_MAX. */
enum status way_too_large(const char *file, struct error *err);

#endif
