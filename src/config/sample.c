/* SPDX-License-Identifier: PostgreSQL */
#include "options.h"

#include "values.h"

#include <string.h>

/* A setting is "#name = value" and a remark "# text": so a program, and the tests,
 * can tell one from the other. */

static const char head[] =
	"# bdrmon's configuration.\n"
	"#\n"
	"# Keys above the first section are those of repmgr 4 and mean the same; a\n"
	"# repmgr.conf for BDR works as it is. A setting that starts with # shows the\n"
	"# default, or an example where the default is empty.\n"
	"#\n"
	"# Durations have a unit: us, ms, s, min, h, d; a bare number means seconds. Sizes:\n"
	"# B, kB, MB, GB, TB. A value with blanks, # or quotes goes between '...' or\n"
	"# \"...\"; inside '...' write '' for '. A # behind a blank starts a comment.\n";

/* Write TEXT in lines of comment. */
static void write_remark(FILE *out, const char *text)
{
	const size_t width = 88;

	while (*text != '\0') {
		size_t length = strlen(text);
		if (length > width) {
			length = width;
			while (length > 1 && text[length] != ' ')
				length--;
		}
		fprintf(out, "# %.*s\n", (int)length, text);
		text += length;
		text += strspn(text, " ");
	}
}

static void write_option(FILE *out, const struct option *option)
{
	char memory[ERROR_TEXT_MAX], values[ERROR_TEXT_MAX];
	struct strbuf remark = STRBUF(memory), range = STRBUF(values);
	bool commented = (option->flags & REQUIRED) == 0 || option->section[0] != '\0';
	const char *quote = value_needs_quotes(option) ? "'" : "";

	strbuf_add(&remark, option->help);
	value_print_range(option, &range);
	if (range.length > 0)
		strbuf_printf(&remark, " (%s)", values);
	if ((option->flags & NO_EFFECT_YET) != 0)
		strbuf_add(&remark, "; no effect in this version");
	fputc('\n', out);
	write_remark(out, memory);
	fprintf(out, "%s%s = %s%s%s\n", commented ? "#" : "", option->name, quote, option->preset,
		quote);
}

static void write_heading(FILE *out, const struct section *section)
{
	if (section->named != NULL)
		fprintf(out, "#[%s %s]\n", section->name, section->named);
	else
		fprintf(out, "[%s]\n", section->name);
}

void config_sample(FILE *out)
{
	fputs(head, out);
	for (size_t s = 0; s < section_count; s++) {
		const struct section *section = &sections[s];
		if (section->name[0] != '\0') {
			fprintf(out, "\n\n# %s.\n", section->help);
			write_heading(out, section);
		}
		for (size_t i = 0; i < option_count; i++) {
			if (strcmp(options[i].section, section->name) == 0)
				write_option(out, &options[i]);
		}
	}
}
