/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/lockfile.h"

#include "bdrmon/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONTENT_MAX 32

/* Between our opening and locking, the holder may have removed the file; then what we
 * hold is a file without a name. It is tried again so often. */
#define TRIES 10

static enum status fail(struct error *err, const char *verb, const char *path)
{
	return error_set(err, ERR_SYSTEM, "could not %s file \"%s\": %s", verb, path,
			 strerror(errno));
}

/* The file's content; false if that is no process id, an empty file apart. */
static bool read_pid(int fd, char pid[CONTENT_MAX])
{
	ssize_t got = pread(fd, pid, CONTENT_MAX - 1, 0);

	pid[got < 0 ? 0 : got] = '\0';
	size_t length = strcspn(pid, "\n");
	bool well_formed = got >= 0 && got < CONTENT_MAX - 1 &&
			   strspn(pid, "0123456789") == length &&
			   (pid[length] == '\0' || pid[length + 1] == '\0');
	pid[length] = '\0';
	return well_formed;
}

static enum status refuse(const char *path, const char *program, const char *pid, struct error *err)
{
	if (pid[0] != '\0')
		error_set(err, ERR_TAKEN, "file \"%s\" is held by %s, which is running with PID %s",
			  path, program, pid);
	else
		error_set(err, ERR_TAKEN, "file \"%s\" is held by another process", path);
	error_hint(err, "Stop the other monitor, or give this one a state_directory and a "
			"repmgrd_pid_file of its own.");
	return ERR_TAKEN;
}

static enum status refuse_locked(int fd, const char *path, struct error *err)
{
	char pid[CONTENT_MAX];

	if (!read_pid(fd, pid))
		pid[0] = '\0';
	return refuse(path, "another bdrmon", pid, err);
}

static bool still_has_its_name(int fd, const char *path)
{
	struct stat ours, named;
	return fstat(fd, &ours) == 0 && stat(path, &named) == 0 && ours.st_dev == named.st_dev &&
	       ours.st_ino == named.st_ino;
}

/* Open and lock the file, in one try. The descriptor of a file that has lost its name is
 * given as -1. */
static enum status try_to_lock(const char *path, int *locked, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
	enum status st = OK;

	*locked = -1;
	if (fd < 0)
		return fail(err, "open", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		st = errno == EWOULDBLOCK ? refuse_locked(fd, path, err) : fail(err, "lock", path);
	else if (still_has_its_name(fd, path))
		*locked = fd;
	if (*locked < 0)
		close(fd);
	return st;
}

/* repmgrd has the same setting for its pid file, but does not lock it. */
static bool is_a_running_repmgrd(const char *pid)
{
	static const char expected[] = "repmgrd\n";
	char path[64], name[sizeof expected] = "";

	snprintf(path, sizeof path, "/proc/%s/comm", pid);
	int fd = pid[0] == '\0' ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t got = read(fd, name, sizeof name - 1);
	close(fd);
	return got == (ssize_t)strlen(expected) && strcmp(name, expected) == 0;
}

/* May the file that we hold be overwritten? */
static enum status check_content(int fd, const char *path, struct error *err)
{
	char pid[CONTENT_MAX];

	if (!read_pid(fd, pid)) {
		error_set(err, ERR_SYSTEM, "file \"%s\" is not a pid file", path);
		error_hint(err, "Remove it, or choose another file.");
		return ERR_SYSTEM;
	}
	return is_a_running_repmgrd(pid) ? refuse(path, "repmgrd", pid, err) : OK;
}

static enum status write_pid(int fd, const char *path, struct error *err)
{
	char memory[CONTENT_MAX];
	struct strbuf text = STRBUF(memory);

	strbuf_printf(&text, "%d\n", (int)getpid());
	if (ftruncate(fd, 0) != 0 || pwrite(fd, memory, text.length, 0) != (ssize_t)text.length)
		return fail(err, "write", path);
	return OK;
}

enum status lockfile_take(struct lockfile *lock, const char *path, struct error *err)
{
	enum status st = OK;
	int fd = -1;

	for (int left = TRIES; st == OK && fd < 0 && left > 0; left--)
		st = try_to_lock(path, &fd, err);
	if (st == OK && fd < 0)
		return error_set(err, ERR_SYSTEM, "file \"%s\" is removed again and again", path);
	if (st == OK)
		st = check_content(fd, path, err);
	if (st == OK)
		st = write_pid(fd, path, err);
	if (st != OK) {
		if (fd >= 0)
			close(fd);
		return st;
	}
	lock->fd = fd;
	COPY_TEXT(lock->path, path);
	return OK;
}

void lockfile_release(struct lockfile *lock)
{
	if (lock->fd < 0)
		return;
	if (still_has_its_name(lock->fd, lock->path))
		unlink(lock->path);
	close(lock->fd);
	lock->fd = -1;
}
