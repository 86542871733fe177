/* SPDX-License-Identifier: PostgreSQL */
#include "reload.h"

#include "bdrmon/daemon.h"
#include "bdrmon/log.h"

#include <stdlib.h>

static enum status take(const char *file, struct config *new, struct config_report *report,
			struct config *config, struct cluster *cluster, struct error *err)
{
	enum status st = config_read(file, new, report);

	if (st == OK)
		config_keep_fixed(config, new, report);
	daemon_log_report(report);
	if (st != OK)
		return error_set(err, st, "%u errors in configuration file \"%s\"", report->errors,
				 file);
	st = cluster_reload(cluster, new, err);
	if (st == OK)
		*config = *new;
	return st;
}

bool reload_config(const char *file, struct config *config, struct cluster *cluster,
		   struct error *result)
{
	struct config *new = calloc(1, sizeof *new);
	struct config_report *report = calloc(1, sizeof *report);
	struct error err;
	enum status st;

	if (new == NULL || report == NULL)
		st = error_set(&err, ERR_SYSTEM, "out of memory");
	else
		st = take(file, new, report, config, cluster, &err);
	free(new);
	free(report);
	if (st == OK) {
		log_notice("the configuration was reloaded");
		error_set(result, OK, "configuration file \"%s\" was reloaded\n", file);
		return true;
	}
	log_write(LOG_LEVEL_ERROR, err.text, err.hint,
		  "the configuration was not reloaded, and the one before stays in force");
	error_set(result, st,
		  "ERROR: configuration was not reloaded: %s\n"
		  "HINT: See the log, or \"bdrmon config check\".\n",
		  err.text);
	return false;
}
