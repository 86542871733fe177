/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/statefile.h"

#include "bdrmon/fresh.h"
#include "bdrmon/limits.h"
#include "bdrmon/strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEAD         "%s, format %d\n"
#define HEAD_MAX     128
#define FOOT         "checksum %08" PRIx32 "\n"
#define FOOT_SIZE    (sizeof "checksum 01234567\n" - 1)
#define DAMAGED      ".damaged-"
#define DAMAGED_PATH (PATH_TEXT_MAX + 32)

/* The CRC of zlib and of Ethernet, bit by bit: the texts are short. */
static uint32_t crc32(uint32_t crc, const char *bytes, size_t length)
{
	crc = ~crc;
	for (size_t i = 0; i < length; i++) {
		crc ^= (unsigned char)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

/* The directory that PATH lies in. */
static void directory_of(const char *path, char directory[PATH_TEXT_MAX])
{
	copy_text(directory, PATH_TEXT_MAX, path);
	char *slash = strrchr(directory, '/');
	if (slash == NULL)
		copy_text(directory, PATH_TEXT_MAX, ".");
	else
		slash[slash == directory] = '\0';
}

enum status statefile_save(const struct statefile *file, const char *body, struct error *err)
{
	char first[HEAD_MAX], last[FOOT_SIZE + 1];
	struct strbuf head = STRBUF(first), foot = STRBUF(last);
	struct fresh fresh;

	strbuf_printf(&head, HEAD, file->kind, file->format);
	strbuf_printf(&foot, FOOT, crc32(crc32(0, first, head.length), body, strlen(body)));
	enum status st = fresh_create(&fresh, file->path, ".new", O_TRUNC, 0600, err);
	if (st != OK)
		return st;
	if ((st = fresh_write(&fresh, first, head.length, err)) == OK &&
	    (st = fresh_write(&fresh, body, strlen(body), err)) == OK &&
	    (st = fresh_write(&fresh, last, foot.length, err)) == OK &&
	    (st = fresh_flush(&fresh, err)) == OK)
		return fresh_keep(&fresh, err);
	fresh_discard(&fresh);
	return st;
}

/* The whole file as memory for free(), with a NUL at the end; NULL: errno says why. */
static char *read_file(const char *path, size_t *length)
{
	struct stat status;
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	size_t size = fstat(fd, &status) == 0 && status.st_size < STATEFILE_MAX
			      ? (size_t)status.st_size
			      : STATEFILE_MAX;
	if ((text = malloc(size + 1)) != NULL) {
		ssize_t got = read(fd, text, size);
		*length = got < 0 ? 0 : (size_t)got;
		text[*length] = '\0';
		if (got < 0) {
			free(text);
			text = NULL;
		}
	}
	int failure = errno;
	close(fd);
	errno = failure;
	return text;
}

/* Take head and foot off TEXT. Gives NULL, or what is wrong with it. */
static const char *unwrap(const struct statefile *file, char *text, size_t length)
{
	char first[HEAD_MAX], foot[FOOT_SIZE + 1];
	struct strbuf head = STRBUF(first);

	strbuf_printf(&head, HEAD, file->kind, file->format);
	if (strncmp(text, first, head.length) != 0)
		return "is of another kind or format";
	if (length < head.length + FOOT_SIZE || strlen(text) != length)
		return "is damaged";
	size_t body_end = length - FOOT_SIZE;
	snprintf(foot, sizeof foot, FOOT, crc32(0, text, body_end));
	if (strcmp(text + body_end, foot) != 0)
		return "is damaged";
	text[body_end] = '\0';
	memmove(text, text + head.length, body_end - head.length + 1);
	return NULL;
}

/* How many files of DIRECTORY begin with PREFIX; the name of the oldest one. */
static unsigned find_damaged(DIR *directory, const char *prefix, char oldest[NAME_MAX + 1])
{
	unsigned count = 0;

	rewinddir(directory);
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		if (count++ == 0 || strcmp(entry->d_name, oldest) < 0)
			copy_text(oldest, NAME_MAX + 1, entry->d_name);
	}
	return count;
}

/* Keep of the files PATH.damaged-DATE the latest ones only. */
static void remove_old_damaged(const char *path)
{
	char place[PATH_TEXT_MAX], prefix[PATH_TEXT_MAX], oldest[NAME_MAX + 1];
	struct strbuf start = STRBUF(prefix);
	const char *slash = strrchr(path, '/');

	directory_of(path, place);
	strbuf_printf(&start, "%s" DAMAGED, slash == NULL ? path : slash + 1);
	DIR *directory = opendir(place);
	if (directory == NULL)
		return;
	while (find_damaged(directory, prefix, oldest) > STATEFILE_DAMAGED_KEPT &&
	       unlinkat(dirfd(directory), oldest, 0) == 0)
		continue;
	closedir(directory);
}

static enum status set_aside(const char *path, const char *wrong, struct error *err)
{
	char aside[DAMAGED_PATH], stamp[32];
	struct strbuf to = STRBUF(aside);
	struct tm parts;
	time_t now = time(NULL);

	strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%S", localtime_r(&now, &parts));
	strbuf_printf(&to, "%s" DAMAGED "%s", path, stamp);
	if (rename(path, aside) != 0)
		return error_set(err, ERR_SYSTEM, "file \"%s\" %s, and could not be renamed: %s",
				 path, wrong, strerror(errno));
	remove_old_damaged(path);
	return error_set(err, ERR_SYSTEM, "file \"%s\" %s; it is now \"%s\"", path, wrong, aside);
}

enum status statefile_load(const struct statefile *file, char **body, struct error *err)
{
	size_t length = 0;
	char *text = read_file(file->path, &length);

	if (text == NULL && errno == ENOENT) {
		*body = NULL;
		return OK;
	}
	if (text == NULL)
		return error_set(err, ERR_SYSTEM, "could not read file \"%s\": %s", file->path,
				 strerror(errno));
	const char *wrong = unwrap(file, text, length);
	if (wrong == NULL) {
		*body = text;
		return OK;
	}
	free(text);
	return set_aside(file->path, wrong, err);
}
