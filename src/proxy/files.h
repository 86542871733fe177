/* SPDX-License-Identifier: PostgreSQL */
/* files.h - a proxy's file, as its thread deals with it. */
#ifndef BDRMON_PROXY_FILES_H
#define BDRMON_PROXY_FILES_H

#include "bdrmon/proxy.h"

/* Read it into proxy->copy, and what it says into SAID.
 * Errors: ERR_TIMEOUT, ERR_STOPPED, ERR_SYSTEM, ERR_CONFIG; proxy->file_reason says why */
enum status files_read(struct proxy *proxy, int64_t limit_ms, int stop_fd, struct proxy_said *said);

/* It says FILE now, as far as is known. */
void files_take(struct proxy *proxy, const struct proxy_file *file);

/* In a look: read it if it is due. What cannot be read is no error of the look.
 * Errors: ERR_STOPPED */
enum status files_look(struct proxy *proxy, int stop_fd);

/* Replace what was read last by what FILE says, until UNTIL_US on its host's clock.
 * Errors: as files_read() */
enum status files_write(struct proxy *proxy, const struct proxy_file *file, int64_t until_us,
			int64_t limit_ms, int stop_fd, enum replaced *end);

#endif
