/* SPDX-License-Identifier: PostgreSQL */
/* A look at a proxy that changes nothing. */
#include "bdrmon/proxy_lint.h"

#include "ask.h"
#include "console.h"
#include "files.h"
#include "look.h"

#include "bdrmon/conninfo.h"
#include "bdrmon/strbuf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_STOP (-1)

/* An order that PgBouncer never carries out: who may give orders is told that its admin database
 * is none to disable, who may only look that it may not. Source: seen with 1.18 */
#define NO_ORDER  "ENABLE pgbouncer"
#define READ_ONLY "admin access needed"

static void look_at_console(struct proxy *proxy, struct lint_facts *facts)
{
	const char *names[LINT_SETTINGS];
	double settings[LINT_SETTINGS];
	int64_t limit_ms = console_limit_ms(proxy);

	for (unsigned i = 0; i < LINT_SETTINGS; i++)
		names[i] = lint_setting_name((enum lint_setting)i);
	enum status st = console_routes(proxy, limit_ms, NO_STOP);
	if (st == OK)
		st = console_settings(proxy, names, LINT_SETTINGS, limit_ms, NO_STOP, settings);
	facts->answers = st == OK;
	COPY_TEXT(facts->reason, proxy->reason);
	if (st != OK)
		return;
	for (unsigned i = 0; i < LINT_SETTINGS; i++)
		facts->setting[i] = settings[i];
	facts->route = proxy->view.route;
	facts->probes = !proxy->one_eyed;
	COPY_TEXT(facts->odd, proxy->odd);
	facts->read_only = console_run(proxy, NO_ORDER, limit_ms, NO_STOP, NULL) == ERR_SERVER &&
			   strstr(proxy->reason, READ_ONLY) != NULL;
}

static void look_at_nodes(struct proxy *proxy, struct lint_facts *facts)
{
	struct proxy_stop nobody = { .stop_fd = NO_STOP, .news_fd = NO_STOP };
	struct alias_question questions[NODES] = { 0 };
	int64_t limit_ms = proxy->setup.move.test_ms;

	for (unsigned i = 0; i < NODES; i++) {
		questions[i].alias = look_alias(proxy, i);
		questions[i].hedge_ms = limit_ms / 2;
		questions[i].limit_ms = limit_ms;
	}
	if (alias_ask(proxy, questions, NODES, &nobody) != OK)
		return;
	for (unsigned i = 0; i < NODES; i++) {
		struct lint_test *test = &facts->test[i];
		COPY_TEXT(test->alias, questions[i].alias != NULL ? questions[i].alias : "");
		test->says = questions[i].says;
		test->outcome = questions[i].result.outcome;
		COPY_TEXT(test->reason, questions[i].result.reason);
	}
}

/* It is replaced by a rename, where symbolic links lead to. */
static void look_at_directory(const struct file_place *place, struct lint_facts *facts)
{
	struct strbuf out = STRBUF(facts->closed);
	char *real = place->command[0] == '\0' ? realpath(place->file, NULL) : NULL;

	if (real == NULL)
		return;
	*(strrchr(real, '/') + 1) = '\0';
	if (access(real, W_OK | X_OK) != 0)
		strbuf_printf(&out, "directory \"%s\": %s", real, strerror(errno));
	free(real);
}

void proxy_lint_look(struct proxy *proxy, struct lint_facts *facts)
{
	*facts = (struct lint_facts) { .route = NODES, .said.file.node = NODES };
	conninfo_place(proxy->setup.conninfo, facts->host, sizeof facts->host);
	look_at_console(proxy, facts);
	if (facts->answers)
		look_at_nodes(proxy, facts);
	facts->file = files_read(proxy, proxy->setup.move.test_ms, NO_STOP, &facts->said);
	COPY_TEXT(facts->file_reason, proxy->file_reason);
	look_at_directory(&proxy->setup.place, facts);
}
