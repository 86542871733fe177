/* SPDX-License-Identifier: PostgreSQL */
/* draft.h - a configuration while it is read: the values, where each of them
 * stands, and what there is to say. Inside src/config only.
 */
#ifndef CONFIG_DRAFT_H
#define CONFIG_DRAFT_H

#include "notes.h"
#include "options.h"
#include "reader.h"

#define NAMES_MAX 1600 /* room for all names that foreign.c knows */

/* Names, separated by ", ", each once. */
struct name_list {
	char text[NAMES_MAX];
	unsigned more; /* for which there was no room */
};

/* A section with a name, such as [node NAME]. */
struct named_section {
	char name[NAME_TEXT_MAX];
	union { /* its values, of which the name is not one yet */
		struct node_config node;
		struct pgbouncer_config pgbouncer;
		struct arbiter_config arbiter;
	};
	int line;
	int option_line[OPTIONS_MAX]; /* by index in the table; 0: not set */
	bool tried[OPTIONS_MAX];
};

/* Of each kind, at most. */
#define NAMED_MAX PROXIES_MAX
_Static_assert(NODES <= NAMED_MAX && ARBITERS_MAX <= NAMED_MAX, "there is room for all kinds");

/* All sections of one kind. */
struct named_list {
	unsigned count; /* in the file */
	/* The last place is for those that are too many: each overwrites the one before. */
	struct named_section at[NAMED_MAX + 1];
};

/* Where a value is from that does not stand in the file. */
enum source_kind { SOURCE_DEFAULT, SOURCE_COMPUTED, SOURCE_ENVIRONMENT };

struct source {
	enum source_kind kind;
	const char *variable; /* SOURCE_ENVIRONMENT: its name */
};

struct draft {
	struct config config;
	int option_line[OPTIONS_MAX];
	struct source source[OPTIONS_MAX]; /* SOURCE_DEFAULT: of the line, if there is one */
	struct named_list node, pgbouncer, arbiter;

	const struct section *section; /* the one we are in; NULL: skip its keys */
	struct named_section *in;      /* where the keys go if it is named */
	struct name_list useless;      /* keys of repmgr that are ignored */
	struct name_list unknown;      /* other keys that are */
	char instead[ERROR_TEXT_MAX];  /* what to write for some of the useless ones */

	/* What need not be missed: it stands in a line that was complained about. */
	bool tried[OPTIONS_MAX];
	bool section_lost;
	int old_node_line; /* of "node", repmgr 3's word for node_id; 0: not there */

	struct notes notes;
	struct reader reader;
};

/* Read the file PATH into *read, which is for free() and may be NULL if this fails.
 * CHECK_CONNINFO may be NULL. Errors: as config_read() */
enum status draft_read(const char *path, config_conninfo_fn *check_conninfo,
		       struct config_report *report, struct draft **read);

/* The field's line in the file; 0 if it has its default. */
int draft_line(const struct draft *draft, const char *section, const char *name);

/* The same in a section NAMED of the kind SECTION. */
int named_line(const struct named_section *named, const char *section, const char *name);

/* Put the defaults of SECTION's options into HOLDER. */
void draft_preset(const char *section, void *holder);

/* Take a line with a section, one that cannot be read, and one with a key; USER is the
 * draft. For reader.h and for inih. */
void draft_on_section(void *user, char *name);
void draft_on_broken(void *user, const char *name);
int draft_on_pair(void *user, const char *section, const char *name, const char *value);

/* Say what there is to say of a key NAME that is no option of its section. */
void draft_unknown_key(struct draft *draft, const char *name);

/* All that can be said only when the whole file is known: what is missing, what
 * contradicts something else, and the defaults that depend on other values. */
void check_draft(struct draft *draft);

/* Does OPTION describe the local node? */
bool option_is_local(const struct option *option);

/* Ask CHECK about each connection string. */
void check_conninfos(struct draft *draft, config_conninfo_fn *check);

/* All sections of one kind, in a named_list. */
struct named_list *draft_list(struct draft *draft, const struct section *section);

/* Say which options are missing in a section NAMED of the kind SECTION. */
void named_check_required(struct draft *draft, const char *section,
			  const struct named_section *named);

/* Parts of it: what is said of the nodes, which also come to their places; and settings
 * that contradict each other. */
void nodes_check(struct draft *draft);
void pgbouncers_check(struct draft *draft);
void arbiters_check(struct draft *draft);
void clashes_check(struct draft *draft);

/* The same of the monitors' names, when this one's is known. */
void monitors_check(struct draft *draft);

#endif
