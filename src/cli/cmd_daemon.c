/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/config.h"
#include "bdrmon/daemon.h"
#include "bdrmon/log.h"
#include "commands.h"

#include <stdlib.h>
#include <unistd.h>

static enum status refuse_root(struct error *err)
{
	if (geteuid() != 0)
		return OK;
	error_set(err, ERR_CONFIG, "bdrmon cannot be run as root");
	error_hint(err, "Log in as an unprivileged user, such as \"postgres\", or use \"su\".");
	return ERR_CONFIG;
}

int cmd_daemon(const struct arguments *arguments)
{
	struct config *config = calloc(1, sizeof *config);
	struct config_report *report = calloc(1, sizeof *report);
	struct daemon_options options = { .pid_file = arguments->pid_file,
					  .ignore_repmgrd = arguments->ignore_repmgrd };
	struct error err = { .text = "out of memory" };
	enum status st = ERR_SYSTEM;

	if (config == NULL || report == NULL)
		goto out;
	if ((st = refuse_root(&err)) != OK ||
	    (st = arguments_find_config(arguments, &options.config_file, &err)) != OK)
		goto out;
	st = config_read(options.config_file, config, report);
	daemon_log_report(report);
	err.text[0] = '\0';
	if (st == OK)
		st = daemon_run(config, &options, &err);
out:
	if (st != OK && err.text[0] != '\0')
		log_write(LOG_LEVEL_ERROR, NULL, err.hint, "%s", err.text);
	free(report);
	free(config);
	return st == OK ? EXIT_CODE_OK : st == ERR_CONFIG ? EXIT_CODE_BAD_CONFIG : EXIT_CODE_SYSTEM;
}
