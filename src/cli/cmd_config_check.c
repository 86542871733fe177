/* SPDX-License-Identifier: PostgreSQL */
/* config check. Only libpq knows what a connection string may hold. */
#include "check_live.h"
#include "commands.h"
#include "on_file.h"

#include "bdrmon/conninfo.h"

static enum status check_conninfo(const char *conninfo, struct error *err)
{
	int64_t unused;
	return conninfo_check(conninfo, &unused, err);
}

/* "3 errors", "1 warning" */
static void print_count(unsigned count, const char *what)
{
	printf("%u %s%s", count, what, count == 1 ? "" : "s");
}

static void print_verdict(const char *path, const struct config_report *report)
{
	printf("configuration file \"%s\" ", path);
	if (report->errors == 0) {
		fputs("is valid", stdout);
	} else {
		fputs("has ", stdout);
		print_count(report->errors, "error");
	}
	if (report->warnings > 0) {
		fputs(report->errors == 0 ? ", with " : " and ", stdout);
		print_count(report->warnings, "warning");
	}
	putchar('\n');
}

static enum status check(const struct arguments *arguments, const char *path,
			 struct config_report *report)
{
	enum status st = config_check(path, check_conninfo, report);
	tell_report(report);
	print_verdict(path, report);
	/* Of a file with errors nobody knows where it leads. */
	if (st == OK && arguments->live)
		check_live(arguments, path);
	return st;
}

int cmd_config_check(const struct arguments *arguments)
{
	return on_file(arguments, check);
}
