/* SPDX-License-Identifier: PostgreSQL */
/* The configuration as it has come to be. */
#include "draft.h"
#include "values.h"

#include "bdrmon/json_text.h"
#include "bdrmon/secret.h"
#include "bdrmon/strbuf.h"

#include <stdlib.h>
#include <string.h>

#define SOURCE_COLUMN 48
/* A mask can be longer than what it hides, and JSON needs more than one byte for some. */
#define SHOWN_MAX   (2 * COMMAND_MAX)
#define ENCODED_MAX (6 * SHOWN_MAX)

/* One option with its value. */
struct row {
	const struct option *option;
	const char *name; /* of its section, if that is named; else NULL */
	const void *holder;
	int line;
	struct source source;
};

struct printer {
	FILE *out;
	struct draft *draft;
	enum config_format format;
	bool first;
	char file[PATH_TEXT_MAX]; /* its name, on one line */
	char value[SHOWN_MAX], encoded[ENCODED_MAX];
};

typedef void row_fn(struct printer *printer, const struct row *row);

/* ------------------------------------------------------------------------ rows */

static void each_option(struct printer *printer, const struct section *section,
			const struct named_section *named, row_fn *print)
{
	const struct draft *draft = printer->draft;

	for (size_t i = 0; i < option_count; i++) {
		struct row row = { .option = &options[i], .source = draft->source[i] };
		if (strcmp(options[i].section, section->name) != 0 ||
		    (draft->config.local_none && option_is_local(&options[i])))
			continue;
		row.name = named == NULL ? NULL : named->name;
		row.holder = named == NULL ? (const void *)&draft->config : &named->node;
		row.line = named == NULL ? draft->option_line[i] : named->option_line[i];
		print(printer, &row);
	}
}

/* ---------------------------------------------------------------------- values */

/* The value without its secrets, in printer->value. */
static void fill_value(struct printer *printer, const struct row *row)
{
	char plain[COMMAND_MAX];
	struct strbuf text = STRBUF(plain), shown = STRBUF(printer->value);

	value_print(row->option, row->holder, &text);
	secret_mask(&shown, plain);
}

static const char *source_word(const struct row *row)
{
	switch (row->source.kind) {
	case SOURCE_COMPUTED:
		return "computed";
	case SOURCE_ENVIRONMENT:
		return "environment";
	case SOURCE_DEFAULT:
		break;
	}
	return row->line != 0 ? "file" : "default";
}

/* As it would stand in a file; inside '...' '' is '. */
static void encode_setting(struct printer *printer, const struct row *row)
{
	struct strbuf text = STRBUF(printer->encoded);

	strbuf_printf(&text, "%s = ", row->option->name);
	if (!value_needs_quotes(row->option)) {
		strbuf_add(&text, printer->value);
		return;
	}
	strbuf_add_char(&text, '\'');
	for (const char *c = printer->value; *c != '\0'; c++)
		strbuf_add(&text, *c == '\'' ? "''" : (const char[]) { *c, '\0' });
	strbuf_add_char(&text, '\'');
}

static void print_text(struct printer *printer, const struct row *row)
{
	const char *word = source_word(row);

	fill_value(printer, row);
	encode_setting(printer, row);
	fprintf(printer->out, "%-*s # ", SOURCE_COLUMN, printer->encoded);
	if (strcmp(word, "file") == 0)
		fprintf(printer->out, "%s:%d\n", printer->file, row->line);
	else if (row->source.variable != NULL)
		fprintf(printer->out, "%s: %s\n", word, row->source.variable);
	else
		fprintf(printer->out, "%s\n", word);
}

static void print_string(struct printer *printer, const char *name, const char *text)
{
	struct strbuf encoded = STRBUF(printer->encoded);

	json_add_text(&encoded, text);
	fprintf(printer->out, "\"%s\": %s", name, printer->encoded);
}

static void print_json(struct printer *printer, const struct row *row)
{
	fputs(printer->first ? "\n  {" : ",\n  {", printer->out);
	printer->first = false;
	print_string(printer, "section", row->option->section);
	if (row->name != NULL) {
		fputs(", ", printer->out);
		print_string(printer, row->option->section, row->name);
	}
	fputs(", ", printer->out);
	print_string(printer, "name", row->option->name);
	fputs(", ", printer->out);
	fill_value(printer, row);
	print_string(printer, "value", printer->value);
	fputs(", ", printer->out);
	print_string(printer, "source", source_word(row));
	if (strcmp(source_word(row), "file") == 0)
		fprintf(printer->out, ", \"line\": %d", row->line);
	if (row->source.variable != NULL) {
		fputs(", ", printer->out);
		print_string(printer, "variable", row->source.variable);
	}
	fputc('}', printer->out);
}

/* -------------------------------------------------------------------- documents */

static void print_named(struct printer *printer, const struct section *section, row_fn *print)
{
	const struct named_list *list = draft_list(printer->draft, section);

	for (unsigned i = 0; i < list->count; i++) {
		if (printer->format == CONFIG_TEXT)
			fprintf(printer->out, "\n[%s %s]\n", section->name, list->at[i].name);
		each_option(printer, section, &list->at[i], print);
	}
}

static void print_sections(struct printer *printer, row_fn *print)
{
	bool text = printer->format == CONFIG_TEXT;

	for (size_t s = 0; s < section_count; s++) {
		const struct section *section = &sections[s];
		if (section->named != NULL) {
			print_named(printer, section, print);
			continue;
		}
		if (text && section->name[0] != '\0')
			fprintf(printer->out, "\n[%s]\n", section->name);
		each_option(printer, section, NULL, print);
	}
}

static void print_document(struct printer *printer)
{
	if (printer->format == CONFIG_TEXT) {
		print_sections(printer, print_text);
		return;
	}
	fputc('{', printer->out);
	print_string(printer, "file", printer->draft->config.file);
	fputs(", \"options\": [", printer->out);
	print_sections(printer, print_json);
	fputs("\n]}\n", printer->out);
}

enum status config_print(const char *path, enum config_format format, FILE *out,
			 struct config_report *report)
{
	struct printer *printer = calloc(1, sizeof *printer);
	struct draft *draft;

	enum status st = draft_read(path, NULL, report, &draft);
	if (st == OK && printer == NULL) {
		notes_add(&draft->notes, CONFIG_ERROR, NO_LINE, "out of memory");
		st = ERR_SYSTEM;
	}
	if (st == OK && printer != NULL) {
		COPY_LINE(printer->file, draft->config.file);
		printer->out = out;
		printer->draft = draft;
		printer->format = format;
		printer->first = true;
		print_document(printer);
	}
	free(draft);
	free(printer);
	return st;
}
