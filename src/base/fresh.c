/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/fresh.h"

#include "bdrmon/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum status fresh_create(struct fresh *fresh, const char *path, const char *suffix, int flags,
			 mode_t mode, struct error *err)
{
	struct fresh made = { .path = path };
	struct strbuf beside = STRBUF(made.beside);

	strbuf_printf(&beside, "%s%s", path, suffix);
	if (beside.cut)
		return error_set(err, ERR_SYSTEM, "the path of file \"%s\" is too long", path);
	made.fd = open(made.beside, O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode);
	if (made.fd < 0)
		return error_set(err, ERR_SYSTEM, "could not create file \"%s\": %s", made.beside,
				 strerror(errno));
	*fresh = made;
	return OK;
}

static enum status could_not_write(const struct fresh *fresh, struct error *err)
{
	return error_set(err, ERR_SYSTEM, "could not write file \"%s\": %s", fresh->beside,
			 strerror(errno));
}

enum status fresh_write(struct fresh *fresh, const char *bytes, size_t length, struct error *err)
{
	while (length > 0) {
		ssize_t written = write(fresh->fd, bytes, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return could_not_write(fresh, err);
		bytes += written;
		length -= (size_t)written;
	}
	return OK;
}

enum status fresh_flush(struct fresh *fresh, struct error *err)
{
	return fsync(fresh->fd) == 0 ? OK : could_not_write(fresh, err);
}

/* A rename is certain to survive the host's death only with this. */
static enum status flush_directory(const char *path, struct error *err)
{
	char directory[PATH_TEXT_MAX];

	COPY_TEXT(directory, path);
	char *slash = strrchr(directory, '/');
	if (slash == NULL)
		COPY_TEXT(directory, ".");
	else
		slash[slash == directory] = '\0';
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool flushed = fd >= 0 && fsync(fd) == 0;
	int failure = errno;
	if (fd >= 0)
		close(fd);
	if (flushed)
		return OK;
	return error_set(err, ERR_SYSTEM, "could not write directory \"%s\": %s", directory,
			 strerror(failure));
}

enum status fresh_keep(struct fresh *fresh, struct error *err)
{
	close(fresh->fd);
	fresh->fd = -1;
	if (rename(fresh->beside, fresh->path) != 0)
		return error_set(err, ERR_SYSTEM, "could not rename file \"%s\" to \"%s\": %s",
				 fresh->beside, fresh->path, strerror(errno));
	return flush_directory(fresh->path, err);
}

void fresh_discard(struct fresh *fresh)
{
	close(fresh->fd);
	fresh->fd = -1;
	unlink(fresh->beside);
}
