/* SPDX-License-Identifier: PostgreSQL */
#include "on_file.h"

#include "commands.h"

#include <stdlib.h>

void tell_report(const struct config_report *report)
{
	for (unsigned i = 0; i < report->count; i++) {
		const struct config_message *message = &report->message[i];
		fprintf(stderr, "%s: %s\n", message->severity == CONFIG_ERROR ? "ERROR" : "WARNING",
			message->text);
		if (message->hint[0] != '\0')
			fprintf(stderr, "HINT: %s\n", message->hint);
	}
}

int on_file(const struct arguments *arguments, look_fn *look)
{
	struct config_report *report = calloc(1, sizeof *report);
	const char *path;
	struct error err;
	int code = EXIT_CODE_OK;

	if (report == NULL) {
		error_set(&err, ERR_SYSTEM, "out of memory");
		code = tell_error(arguments, &err, EXIT_CODE_SYSTEM);
	} else if (arguments_find_config(arguments, &path, &err) != OK) {
		code = tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG);
	} else if (look(arguments, path, report) != OK) {
		code = EXIT_CODE_BAD_CONFIG;
	}
	free(report);
	return code;
}
