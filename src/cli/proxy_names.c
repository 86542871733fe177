/* SPDX-License-Identifier: PostgreSQL */
#include "proxy_names.h"

#include "bdrmon/strbuf.h"

#include <string.h>

bool proxy_is_named(const struct arguments *arguments, const char *name)
{
	for (unsigned i = 0; i < arguments->operand_count; i++) {
		if (strcmp(arguments->operands[i], name) == 0)
			return true;
	}
	return arguments->operand_count == 0;
}

static void list_names(const struct config *config, struct strbuf *out)
{
	for (unsigned i = 0; i < config->pgbouncers; i++)
		strbuf_printf(out, "%s\"%s\"", i > 0 ? ", " : "", config->pgbouncer[i].name);
}

enum status proxy_names_check(const struct arguments *arguments, const struct config *config,
			      struct error *err)
{
	char names[ERROR_TEXT_MAX];
	struct strbuf list = STRBUF(names);

	if (config->pgbouncers == 0) {
		error_set(err, ERR_CONFIG, "\"%s\" has no section [pgbouncer NAME]", config->file);
		error_hint(err, "Add one for each PgBouncer that bdrmon shall move; see \"bdrmon "
				"config sample\".");
		return ERR_CONFIG;
	}
	list_names(config, &list);
	for (unsigned i = 0; i < arguments->operand_count; i++) {
		unsigned which = 0;
		while (which < config->pgbouncers &&
		       strcmp(config->pgbouncer[which].name, arguments->operands[i]) != 0)
			which++;
		if (which < config->pgbouncers)
			continue;
		error_set(err, ERR_CONFIG, "\"%s\" has no section [pgbouncer %s]", config->file,
			  arguments->operands[i]);
		error_hint(err, "There are %s.", names);
		return ERR_CONFIG;
	}
	return OK;
}
