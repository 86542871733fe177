/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/daemon.h"

#include "bdrmon/clock.h"
#include "bdrmon/control.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"
#include "signals.h"
#include "reload.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* All that the main thread has. */
struct daemon {
	const struct daemon_options *options;
	struct config config; /* in force */
	struct control_facts facts;
	struct signals signals;
	struct doorbell reload_wanted; /* by a client of the control socket */
	struct cluster *cluster;
	struct control *control; /* NULL: there is none */
	struct instant next_status;
};

static enum status open_log(const struct config *config, struct error *err)
{
	int fd = STDERR_FILENO;
	if (config->log_file[0] != '\0') {
		fd = open(config->log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
		if (fd < 0)
			return error_set(err, ERR_SYSTEM, "could not open log file \"%s\": %s",
					 config->log_file, strerror(errno));
	}
	log_open(fd, config->log_level);
	return OK;
}

/* A monitor without control socket watches all the same. */
static void open_control(struct daemon *d)
{
	char path[PATH_TEXT_MAX];
	struct error err;

	enum status st = control_path(d->config.runtime_directory, path, &err);
	if (st == OK)
		st = control_start(path, d->cluster, &d->facts, &d->reload_wanted, &d->control,
				   &err);
	if (st != OK)
		log_write(LOG_LEVEL_WARNING, err.text, err.hint,
			  "\"bdrmon status\" and the like cannot reach this monitor");
}

static void tell_facts(struct daemon *d, bool config_rejected)
{
	d->facts.config_rejected = config_rejected;
	COPY_TEXT(d->facts.cluster, d->config.cluster);
	COPY_TEXT(d->facts.monitor, d->config.monitor);
	if (d->control != NULL)
		control_tell(d->control, &d->facts);
}

static void reload(struct daemon *d)
{
	struct error result;

	log_notice("reading configuration file \"%s\" again", d->options->config_file);
	bool done = reload_config(d->options->config_file, &d->config, d->cluster, &result);
	tell_facts(d, !done);
	if (d->control != NULL)
		control_reloaded(d->control, done, result.text);
}

static void log_status(struct daemon *d, struct instant now)
{
	char text[REPORT_TEXT_MAX];
	struct strbuf out = STRBUF(text);
	struct cluster_sight sight;
	struct report report;
	struct report_limits limits;
	struct error err;

	if (d->config.log_status_interval_ms == 0 || instant_before(now, d->next_status))
		return;
	d->next_status = instant_add_ms(now, d->config.log_status_interval_ms);
	control_report(d->cluster, &d->facts, &sight, &report);
	if (report_limits_parse(NODES_DOWN_WARNING, NODES_DOWN_CRITICAL, &limits, &err) != OK)
		return;
	report_judge(&report, &limits);
	report_write(&report, FORMAT_NAGIOS, &out);
	text[strcspn(text, "|\n")] = '\0';
	log_info("%s", text);
}

/* Wait for what concerns the main thread; false: the end. */
static bool wait_for_news(struct daemon *d)
{
	enum { SIGNALS, RELOAD };
	struct pollfd fds[] = {
		[SIGNALS] = { .fd = d->signals.fd, .events = POLLIN },
		[RELOAD] = { .fd = d->reload_wanted.fd, .events = POLLIN },
	};
	struct timespec rest;

	ppoll(fds, ARRAY_LEN(fds), clock_rest(instant_add_ms(clock_now(), DECIDE_AGAIN_MS), &rest),
	      NULL);
	bool wanted = fds[RELOAD].revents != 0;
	if (wanted)
		doorbell_quiet(&d->reload_wanted);
	if (fds[SIGNALS].revents != 0) {
		int signal = signals_take(&d->signals);
		if (signal == SIGTERM || signal == SIGINT || signal == SIGQUIT) {
			log_notice("%s received, stopping", strsignal(signal));
			return false;
		}
		wanted = wanted || signal == SIGHUP;
	}
	if (wanted)
		reload(d);
	log_status(d, clock_now());
	return true;
}

static enum status open_all(struct daemon *d, struct error *err)
{
	enum status st;

	if ((st = signals_open(&d->signals, err)) != OK ||
	    (st = doorbell_open(&d->reload_wanted, err)) != OK ||
	    (st = cluster_start(&d->config, &d->cluster, err)) != OK)
		return st;
	tell_facts(d, false);
	open_control(d);
	cluster_enter(); /* for the status in the log */
	d->next_status = instant_add_ms(clock_now(), d->config.log_status_interval_ms);
	return OK;
}

/* False: a thread did not end. */
static bool close_all(struct daemon *d)
{
	bool all = true;

	control_stop(d->control);
	if (d->cluster != NULL) {
		cluster_leave();
		all = cluster_stop(d->cluster);
	}
	doorbell_close(&d->reload_wanted);
	signals_close(&d->signals);
	return all;
}

enum status daemon_run(const struct config *config, const struct daemon_options *options,
		       struct error *err)
{
	struct daemon *d = calloc(1, sizeof *d);

	if (d == NULL)
		return error_set(err, ERR_SYSTEM, "out of memory");
	d->options = options;
	d->config = *config;
	d->signals.fd = d->reload_wanted.fd = -1;
	enum status st = open_log(config, err);
	if (st == OK)
		st = open_all(d, err);
	while (st == OK && wait_for_news(d))
		continue;
	if (!close_all(d))
		_exit(st == OK ? EXIT_SUCCESS : EXIT_FAILURE);
	free(d);
	return st;
}

void daemon_log_report(const struct config_report *report)
{
	for (unsigned i = 0; i < report->count; i++) {
		const struct config_message *m = &report->message[i];
		log_write(m->severity == CONFIG_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, NULL,
			  m->hint, "%s", m->text);
	}
}
