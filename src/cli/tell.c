/* SPDX-License-Identifier: PostgreSQL */
/* How an error is told. */
#include "commands.h"

#include "bdrmon/report.h"

#include <stdarg.h>

int tell_unknown(const struct arguments *arguments, const struct error *err)
{
	struct report report;
	char reason[REPORT_REASON_MAX], text[REPORT_TEXT_MAX];
	struct strbuf line = STRBUF(reason), out = STRBUF(text);

	strbuf_add(&line, err->text);
	if (err->hint[0] != '\0')
		strbuf_printf(&line, " (%s)", err->hint);
	report_unknown(&report, "", reason);
	report_write(&report, arguments->json ? FORMAT_JSON : FORMAT_NAGIOS, &out);
	fputs(text, stdout);
	fflush(stdout);
	return (int)STATE_UNKNOWN;
}

int tell_error(const struct arguments *arguments, const struct error *err, int code)
{
	if (arguments->once)
		return tell_unknown(arguments, err);
	fprintf(stderr, "ERROR: %s\n", err->text);
	if (err->hint[0] != '\0')
		fprintf(stderr, "HINT: %s\n", err->hint);
	return code;
}

void tell_message(const char *severity, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s: ", severity);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}
