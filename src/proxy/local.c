/* SPDX-License-Identifier: PostgreSQL */
#include "way.h"

#include "bdrmon/clock.h"
#include "bdrmon/fresh.h"
#include "bdrmon/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

/* flock() knows no deadline, so it is asked again so often. Others hold the lock for some
 * milliseconds, and hardly ever at the same time. */
#define LOCK_AGAIN_US 2000

#define ACCESS_LIST     "system.posix_acl_access"
#define ACCESS_LIST_MAX 4096

static int64_t boot_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static enum status fail(struct error *err, const char *verb, const char *path)
{
	return error_set(err, ERR_SYSTEM, "could not %s file \"%s\": %s", verb, path,
			 strerror(errno));
}

static void advise_other_user(struct error *err)
{
	error_hint(err, "Let bdrmon run as a user who may do that, or give this proxy a command "
			"that becomes one, such as \"sudo -n -u pgbouncer\".");
}

static enum status no_regular_file(const char *path, struct error *err)
{
	return error_set(err, ERR_SYSTEM, "file \"%s\" is no regular file", path);
}

/* Where the file really is. */
static enum status find(const struct file_place *place, char path[PATH_TEXT_MAX], struct error *err)
{
	struct stat status;
	char *real = realpath(place->file, NULL);

	if (real == NULL)
		return fail(err, "find", place->file);
	bool fits = copy_text(path, PATH_TEXT_MAX, real);
	free(real);
	errno = ENAMETOOLONG;
	if (!fits || stat(path, &status) != 0)
		return fail(err, "find", place->file);
	/* Before a lock is made beside something else. */
	return S_ISREG(status.st_mode) ? OK : no_regular_file(place->file, err);
}

/* Read the open file FD, which has STATUS. */
static enum status read_all(int fd, const struct stat *status, const char *path,
			    struct file_copy *copy, struct error *err)
{
	size_t length = 0;
	ssize_t got = 1;

	if (!S_ISREG(status->st_mode))
		return no_regular_file(path, err);
	while (got > 0 && length < sizeof copy->text) {
		got = read(fd, copy->text + length, sizeof copy->text - length);
		if (got > 0)
			length += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	if (got < 0)
		return fail(err, "read", path);
	char more;
	if (got > 0 && read(fd, &more, 1) != 0)
		return way_too_large(path, err);
	copy->length = length;
	return OK;
}

static enum status read_file(const char *path, struct file_copy *copy, struct stat *status,
			     struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return fail(err, "open", path);
	enum status st = fstat(fd, status) == 0 ? read_all(fd, status, path, copy, err)
						: fail(err, "read", path);
	close(fd);
	return st;
}

static enum status read_here(const struct file_place *place, const struct pg_wait *wait,
			     struct file_copy *copy, struct error *err)
{
	struct file_copy *made = malloc(sizeof *made);
	struct stat status;

	(void)wait;
	if (made == NULL)
		return fail(err, "read", place->file);
	made->length = 0;
	made->host_us = boot_us();
	enum status st = read_file(place->file, made, &status, err);
	if (st == OK) {
		copy->host_us = made->host_us;
		copy->length = made->length;
		memcpy(copy->text, made->text, made->length);
	}
	free(made);
	return st;
}

/* Open the lock's file. To read is enough for flock(), so that monitors of different users
 * can lock what one of them has made. */
static enum status open_lock(const char *path, int *lock, struct error *err)
{
	static const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
	int fd = open(path, flags);

	if (fd < 0 && errno == ENOENT && (fd = open(path, flags | O_CREAT, 0644)) >= 0)
		fchmod(fd, 0644); /* whatever the umask is */
	*lock = fd;
	if (fd >= 0)
		return OK;
	fail(err, "open lock", path);
	advise_other_user(err);
	return ERR_SYSTEM;
}

/* Errors: ERR_TIMEOUT, ERR_STOPPED, ERR_SYSTEM */
static enum status wait_for_lock(int lock, const char *path, const struct pg_wait *wait,
				 struct error *err)
{
	struct pollfd stop = { .fd = wait->stop_fd, .events = POLLIN };
	const struct timespec pause = clock_timespec(LOCK_AGAIN_US);

	while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail(err, "lock", path);
		if (!instant_before(clock_now(), wait->deadline))
			return error_set(err, ERR_TIMEOUT,
					 "could not lock file \"%s\" before the deadline", path);
		if (ppoll(&stop, 1, &pause, NULL) > 0)
			return error_set(err, ERR_STOPPED, "stopped while locking file \"%s\"",
					 path);
	}
	return OK;
}

/* Give FRESH the owner, mode and access list of the file. */
static enum status take_after(struct fresh *fresh, const struct stat *status, struct error *err)
{
	char list[ACCESS_LIST_MAX];
	struct stat made;

	if (fstat(fresh->fd, &made) != 0)
		return fail(err, "look at", fresh->beside);
	if ((made.st_uid != status->st_uid || made.st_gid != status->st_gid) &&
	    fchown(fresh->fd, status->st_uid, status->st_gid) != 0) {
		error_set(err, ERR_SYSTEM,
			  "could not give file \"%s\" to the owner that it has (%d:%d): %s",
			  fresh->path, (int)status->st_uid, (int)status->st_gid, strerror(errno));
		advise_other_user(err);
		return ERR_SYSTEM;
	}
	if (fchmod(fresh->fd, status->st_mode & 07777) != 0)
		return fail(err, "set the mode of", fresh->beside);
	ssize_t length = getxattr(fresh->path, ACCESS_LIST, list, sizeof list);
	if (length > 0 && fsetxattr(fresh->fd, ACCESS_LIST, list, (size_t)length, 0) != 0)
		return fail(err, "set the access list of", fresh->beside);
	return OK;
}

/* Is the file what it should be? SEEN: memory for what it is. */
static enum status compare(const char *path, const struct file_copy *old, struct file_copy *seen,
			   struct stat *status, bool *same, struct error *err)
{
	enum status st = read_file(path, seen, status, err);

	*same = st == OK && seen->length == old->length &&
		memcmp(seen->text, old->text, old->length) == 0;
	return st;
}

/* Write the new file beside the old one, which has STATUS. */
static enum status prepare(const char *path, const struct replacement *what,
			   const struct stat *status, struct fresh *fresh, struct error *err)
{
	char left[PATH_TEXT_MAX + sizeof FRESH_SUFFIX];

	/* Who has the lock may remove what was left behind, whoever's it is. */
	snprintf(left, sizeof left, "%s" FRESH_SUFFIX, path);
	unlink(left);
	enum status st = fresh_create(fresh, path, FRESH_SUFFIX, O_EXCL | O_NOFOLLOW, 0600, err);
	if (st != OK) {
		advise_other_user(err);
		return st;
	}
	if ((st = fresh_write(fresh, what->text, what->length, err)) == OK &&
	    (st = take_after(fresh, status, err)) == OK)
		st = fresh_flush(fresh, err);
	if (st != OK)
		fresh_discard(fresh);
	return st;
}

/* Under the lock. It is compared first, since who has lost need not write, and again when all
 * that is slow is done. */
static enum status replace_locked(const char *path, const struct replacement *what,
				  enum replaced *end, struct error *err)
{
	struct file_copy *seen = malloc(sizeof *seen);
	struct stat status = { 0 };
	struct fresh fresh;
	bool same = false, late = false;

	if (seen == NULL)
		return fail(err, "read", path);
	seen->length = 0;
	enum status st = compare(path, what->old, seen, &status, &same, err);
	if (st != OK || !same)
		goto out;
	if ((st = prepare(path, what, &status, &fresh, err)) != OK)
		goto out;
	st = compare(path, what->old, seen, &status, &same, err);
	late = boot_us() >= what->until_us;
	if (same && !late)
		st = fresh_keep(&fresh, err);
	else
		fresh_discard(&fresh);
out:
	free(seen);
	if (st == OK)
		*end = !same ? REPLACED_LOST : late ? REPLACED_LATE : REPLACED_WON;
	return st;
}

static enum status replace_here(const struct file_place *place, const struct replacement *what,
				const struct pg_wait *wait, enum replaced *end, struct error *err)
{
	char path[PATH_TEXT_MAX], lock_path[PATH_TEXT_MAX + sizeof LOCK_SUFFIX];
	struct instant until = instant_add_us(clock_now(), what->until_us - boot_us());
	struct pg_wait within = { instant_sooner(wait->deadline, until), wait->stop_fd };
	int lock = -1;

	enum status st = find(place, path, err);
	if (st != OK)
		return st;
	snprintf(lock_path, sizeof lock_path, "%s" LOCK_SUFFIX, path);
	if ((st = open_lock(lock_path, &lock, err)) != OK)
		return st;
	st = wait_for_lock(lock, lock_path, &within, err);
	if (st == OK) {
		st = replace_locked(path, what, end, err);
		/* Closing is not enough while a child of another thread, which is about to call
		 * exec, has it open too. */
		flock(lock, LOCK_UN);
	} else if (st == ERR_TIMEOUT && boot_us() >= what->until_us) {
		*end = REPLACED_LATE;
		st = OK;
	}
	close(lock);
	return st;
}

const struct way way_local = { read_here, replace_here };
