/* SPDX-License-Identifier: PostgreSQL */
#include "environment.h"

#include "bdrmon/strbuf.h"
#include "bdrmon/template.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX    "BDRMON_"
#define VARIABLES (PLACEHOLDERS + 2) /* and BDRMON_CONFIRMED, BDRMON_CLUSTER */
/* A job's texts, and room for the names and for the numbers. */
#define TEXT_SIZE (sizeof(struct job) + VARIABLES * 64)

struct environment {
	char **end; /* of the list that is being built */
	struct strbuf text;
};

static void add(struct environment *environment, const char *name, const char *value)
{
	struct strbuf *text = &environment->text;

	*environment->end++ = text->text + text->length;
	strbuf_printf(text, "%s=%s", name, value);
	strbuf_add_char(text, '\0');
	assert(!text->cut);
}

static void add_number(struct environment *environment, const char *name, int value)
{
	char digits[16];
	struct strbuf text = STRBUF(digits);
	strbuf_printf(&text, "%d", value);
	add(environment, name, digits);
}

static void add_placeholder(struct environment *environment, enum placeholder which,
			    const struct job *job)
{
	const char *name = placeholder_type(which)->variable;

	switch (which) {
	case PLACEHOLDER_NODE_ID:
		add_number(environment, name, job->node_id);
		break;
	case PLACEHOLDER_EVENT:
		add(environment, name, event_type(job->event)->name);
		break;
	case PLACEHOLDER_SUCCESS:
		add_number(environment, name, job->success);
		break;
	case PLACEHOLDER_TIMESTAMP:
		add(environment, name, job->timestamp);
		break;
	case PLACEHOLDER_DETAILS:
		add(environment, name, job->details);
		break;
	case PLACEHOLDER_CONNINFO:
		add(environment, name, job->conninfo);
		break;
	case PLACEHOLDER_NODE_NAME:
		add(environment, name, job->node_name);
		break;
	case PLACEHOLDER_FORMER_ID:
		if (job->former_id == 0)
			add(environment, name, "");
		else
			add_number(environment, name, job->former_id);
		break;
	case PLACEHOLDERS:
		assert(!"a placeholder");
	}
}

char **environment_build(char *const ours[], const struct job *job)
{
	size_t count = 0;
	while (ours[count] != NULL)
		count++;
	size_t list_size = (count + VARIABLES + 1) * sizeof(char *);
	char **list = malloc(list_size + TEXT_SIZE);
	if (list == NULL)
		return NULL;

	struct environment environment = { list, strbuf_over((char *)list + list_size, TEXT_SIZE) };
	for (size_t i = 0; i < count; i++) {
		if (strncmp(ours[i], PREFIX, strlen(PREFIX)) != 0)
			*environment.end++ = ours[i];
	}
	for (unsigned i = 0; i < PLACEHOLDERS; i++)
		add_placeholder(&environment, (enum placeholder)i, job);
	add_number(&environment, PREFIX "CONFIRMED", job->confirmed);
	add(&environment, PREFIX "CLUSTER", job->cluster);
	*environment.end = NULL;
	return list;
}
