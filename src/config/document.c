/* SPDX-License-Identifier: PostgreSQL */
/* The option table and its neighbours as a document in Markdown. */
#include "foreign.h"
#include "options.h"
#include "values.h"

#include "bdrmon/template.h"

#include <string.h>

static const char head[] =
	"# Configuration\n"
	"\n"
	"`bdrmon config sample --markdown` writes this document; edit the tables in `src/` "
	"instead.\n"
	"\n"
	"bdrmon reads one file: that of `-f`, else the first that exists of "
	"`/etc/bdrmon/repmgr.ini`,\n"
	"`./repmgr.ini` and `/etc/repmgr.conf`. `bdrmon config check` says what is wrong with it,\n"
	"with `--live` also with what it leads to; `bdrmon config print` what each setting has "
	"come\n"
	"to and where that is from.\n"
	"\n"
	"* Durations take the units `us`, `ms`, `s`, `min`, `h`, `d`; a bare number means seconds. "
	"Sizes\n"
	"  take `B`, `kB`, `MB`, `GB`, `TB`; a bare number means bytes.\n"
	"* One outer pair of `'` or `\"` is taken off a value; inside `'...'` write `''` for `'`. "
	"A `#`\n"
	"  behind a blank and outside quotes starts a comment.\n"
	"* \"no effect\": the setting is checked, but nothing looks at it yet.\n"
	"* \"restart\": a running monitor keeps the value that it started with; everything else "
	"changes\n"
	"  with `bdrmon reload` or SIGHUP.\n";

/* Write TEXT as one cell of a table. */
static void write_cell(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '|')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputs(" | ", out);
}

static void write_code(FILE *out, const char *text)
{
	if (text[0] == '\0') {
		fputs(" | ", out);
		return;
	}
	fputc('`', out);
	for (; *text != '\0'; text++)
		fputs(*text == '|' ? "\\|" : (const char[]) { *text, '\0' }, out);
	fputs("` | ", out);
}

static void write_option(FILE *out, const struct option *option)
{
	char memory[ERROR_TEXT_MAX];
	struct strbuf range = STRBUF(memory);

	fputs("| ", out);
	write_code(out, option->name);
	if ((option->flags & REQUIRED) != 0)
		write_cell(out, "required");
	else
		write_code(out, (option->flags & EXAMPLE) != 0 ? "" : option->preset);
	value_print_range(option, &range);
	write_cell(out, memory);
	write_cell(out, option->help);
	fprintf(out, "%s |\n",
		(option->flags & NO_EFFECT_YET) != 0 ? "no effect"
		: (option->flags & FIXED) != 0       ? "restart"
						     : "");
}

static void write_section(FILE *out, const struct section *section)
{
	if (section->name[0] == '\0')
		fprintf(out, "\n## Above the first section\n\n%s.\n", section->help);
	else
		fprintf(out, "\n## [%s%s]\n\n%s.\n", section->name,
			section->named != NULL ? " NAME" : "", section->help);
	fputs("\n| setting | default | values | meaning | |\n|---|---|---|---|---|\n", out);
	for (size_t i = 0; i < option_count; i++) {
		if (strcmp(options[i].section, section->name) == 0)
			write_option(out, &options[i]);
	}
}

static void write_placeholders(FILE *out)
{
	fputs("\n## Placeholders of event_notification_command\n\n"
	      "Each becomes a reference to its variable, quoted for the place where it stands; "
	      "`%%` is a\n"
	      "percent sign.\n\n"
	      "| placeholder | variable | value |\n|---|---|---|\n",
	      out);
	for (unsigned i = 0; i < PLACEHOLDERS; i++) {
		const struct placeholder_type *type = placeholder_type((enum placeholder)i);
		fprintf(out, "| `%%%c` | `%s` | %s |\n", type->letter, type->variable, type->means);
	}
}

static void write_events(FILE *out)
{
	fputs("\n## Events\n\n"
	      "Those of repmgr reach the command if `event_notifications` is not set.\n\n"
	      "| event | | when |\n|---|---|---|\n",
	      out);
	for (unsigned i = 0; i < EVENT_KINDS; i++) {
		const struct event_type *type = event_type((enum event_kind)i);
		fprintf(out, "| `%s` | %s | %s |\n", type->name,
			type->repmgr ? "repmgr's" : "bdrmon's", type->means);
	}
}

static void write_ignored(FILE *out)
{
	fputs("\n## Settings of repmgr that are ignored\n\nOne line of warning names those in a "
	      "file.\n\n",
	      out);
	for (size_t i = 0; i < useless_name_count; i++)
		fprintf(out, "%s`%s`", i > 0 ? ",\n" : "", useless_names[i].name);
	fputs(".\n", out);
	for (size_t i = 0; i < useless_name_count; i++) {
		if (useless_names[i].instead != NULL)
			fprintf(out, "\n%s\n", useless_names[i].instead);
	}
	fputs("\n## Settings of repmgr 3\n\n| setting | successor |\n|---|---|\n", out);
	for (size_t i = 0; i < old_name_count; i++)
		fprintf(out, "| `%s` | %s |\n", old_names[i].name,
			old_names[i].successor != NULL ? old_names[i].successor : "none");
}

void config_document(FILE *out)
{
	fputs(head, out);
	for (size_t s = 0; s < section_count; s++)
		write_section(out, &sections[s]);
	write_placeholders(out);
	write_events(out);
	write_ignored(out);
}
