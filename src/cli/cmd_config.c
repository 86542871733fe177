/* SPDX-License-Identifier: PostgreSQL */
/* config print and config sample: without libpq. */
#include "commands.h"
#include "on_file.h"

static enum status print(const struct arguments *arguments, const char *path,
			 struct config_report *report)
{
	enum status st =
		config_print(path, arguments->json ? CONFIG_JSON : CONFIG_TEXT, stdout, report);
	tell_report(report);
	return st;
}

int cmd_config_print(const struct arguments *arguments)
{
	return on_file(arguments, print);
}

int cmd_config_sample(const struct arguments *arguments)
{
	if (arguments->markdown)
		config_document(stdout);
	else
		config_sample(stdout);
	return EXIT_CODE_OK;
}
