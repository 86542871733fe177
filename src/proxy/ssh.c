/* SPDX-License-Identifier: PostgreSQL */
#include "script.h"

#include "bdrmon/hash.h"
#include "bdrmon/strbuf.h"

#include <inttypes.h>
#include <string.h>
#include <sys/un.h>

/* No reading of the user's terminal, nothing forwarded, and on stderr the reason only. */
#define OPTIONS                                                                                    \
	"-T -a -x -o BatchMode=yes -o LogLevel=ERROR -o ConnectTimeout=2"                          \
	" -o ServerAliveInterval=2 -o ServerAliveCountMax=2 -o ClearAllForwardings=yes"            \
	" -o ControlMaster=auto -o ControlPersist=10m"

/* ssh makes the socket by a name that has a dot and 16 letters more. */
#define WHILE_MADE 17

/* Others have a meaning in the shell, in ssh's configuration, or in a path as ssh expands it. */
#define HARMLESS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-@:,="

static bool has_control_character(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 127)
			return true;
	}
	return false;
}

/* Instead of ssh's %C, which has 40 characters. Two targets must never have the same: so there
 * are two sums of 32 bits, of the text and of the text after itself. */
static void name_socket(struct strbuf *path, const char *target, const char *directory)
{
	uint32_t once = hash_bytes(HASH_BEGIN, target, strlen(target));
	uint32_t twice = hash_bytes(~once, target, strlen(target));

	strbuf_printf(path, "%s/ssh-%08" PRIx32 "%08" PRIx32, directory, once, twice);
}

static enum status check_target(const char *target, struct error *err)
{
	if (target[0] != '\0' && target[0] != '-' && !has_control_character(target))
		return OK;
	error_set(err, ERR_CONFIG, "\"%s\" is no target for ssh", target);
	error_hint(err, "It is [user@]host, or ssh://[user@]host[:port].");
	return ERR_CONFIG;
}

static enum status check_socket(const struct strbuf *path, const char *directory, struct error *err)
{
	if (strspn(directory, HARMLESS) != strlen(directory)) {
		error_set(err, ERR_CONFIG,
			  "directory \"%s\" has a character that ssh or a shell would expand",
			  directory);
	} else if (path->cut ||
		   path->length + WHILE_MADE >= sizeof((struct sockaddr_un *)0)->sun_path) {
		error_set(err, ERR_CONFIG,
			  "the path of directory \"%s\" is too long for ssh's socket", directory);
	} else {
		return OK;
	}
	error_hint(err, "Choose another state_directory, or give the proxy a command of its own.");
	return ERR_CONFIG;
}

enum status file_place_ssh(const char *target, const char *directory, char command[COMMAND_MAX],
			   struct error *err)
{
	char socket[PATH_TEXT_MAX], made[COMMAND_MAX];
	struct strbuf path = STRBUF(socket), words = STRBUF(made);

	name_socket(&path, target, directory);
	enum status st = check_target(target, err);
	if (st == OK)
		st = check_socket(&path, directory, err);
	if (st != OK)
		return st;
	strbuf_printf(&words, "ssh " OPTIONS " -o ControlPath=%s -- ", socket);
	script_quote(&words, target);
	if (words.cut)
		return error_set(err, ERR_CONFIG, "the target for ssh is too long");
	copy_text(command, COMMAND_MAX, made);
	return OK;
}
