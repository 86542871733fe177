/* SPDX-License-Identifier: PostgreSQL */
#include "proxies.h"

#include "bdrmon/lookup.h"

#include <string.h>

/* A check says whether something is wrong with a proxy, and writes what, as it follows the
 * proxy's name in a sentence. */
typedef bool check_fn(const struct report_proxy *proxy, struct strbuf *problem);

static bool cannot_use(const struct report_proxy *proxy, struct strbuf *problem)
{
	const char *node = proxy->node != NULL ? proxy->node : "";

	if (proxy->other_usable)
		strbuf_printf(problem, "cannot use node \"%s\" (rule \"%s\")", node, proxy->rule);
	else if (proxy->one_eyed)
		strbuf_printf(problem, "cannot use node \"%s\", and does not see the other one",
			      node);
	else
		strbuf_add(problem, "can use neither node");
	return proxy->use == USE_NO;
}

static bool does_not_answer(const struct report_proxy *proxy, struct strbuf *problem)
{
	if (proxy->reason[0] != '\0')
		strbuf_printf(problem, "does not answer: %s", proxy->reason);
	else
		strbuf_add(problem, "has not answered lately");
	return proxy->silent;
}

static bool is_fenced(const struct report_proxy *proxy, struct strbuf *problem)
{
	strbuf_printf(problem,
		      "is to leave node \"%s\", which has failed and may have come back with old "
		      "data",
		      proxy->node != NULL ? proxy->node : "");
	return proxy->fenced;
}

static bool file_differs(const struct report_proxy *proxy, struct strbuf *problem)
{
	strbuf_add(problem, "names the other node in its file");
	return proxy->differs;
}

static bool is_one_eyed(const struct report_proxy *proxy, struct strbuf *problem)
{
	strbuf_add(problem, "has no probe aliases yet: run \"bdrmon pgbouncer adopt\"");
	return proxy->one_eyed;
}

static bool is_odd(const struct report_proxy *proxy, struct strbuf *problem)
{
	strbuf_printf(problem, "is not as it should be: %s", proxy->odd);
	return proxy->odd[0] != '\0';
}

static bool has_no_file(const struct report_proxy *proxy, struct strbuf *problem)
{
	strbuf_printf(problem, "has a file that cannot be read or changed: %s", proxy->file_reason);
	return proxy->file_reason[0] != '\0';
}

/* It is of no interest any more when the proxy is where it should be. */
static bool was_not_moved(const struct report_proxy *proxy, struct strbuf *problem)
{
	strbuf_printf(problem, "could not be moved: %s", proxy->move_reason);
	return proxy->move_reason[0] != '\0' && (proxy->wants_move || proxy->use == USE_NO);
}

/* What is looked at, the gravest first. */
static const struct {
	enum state state;
	check_fn *check;
} checks[] = {
	{ STATE_CRITICAL, cannot_use },   { STATE_WARNING, does_not_answer },
	{ STATE_WARNING, is_fenced },     { STATE_WARNING, file_differs },
	{ STATE_WARNING, was_not_moved }, { STATE_WARNING, has_no_file },
	{ STATE_WARNING, is_one_eyed },   { STATE_WARNING, is_odd },
};

static void judge(struct report_proxy *proxy)
{
	struct strbuf all = STRBUF(proxy->problem);

	proxy->state = STATE_OK;
	for (unsigned c = 0; c < ARRAY_LEN(checks); c++) {
		char memory[REPORT_PROBLEM_MAX];
		struct strbuf problem = STRBUF(memory);
		if (!checks[c].check(proxy, &problem))
			continue;
		strbuf_printf(&all, "%s%s", all.length > 0 ? "; " : "", memory);
		if (checks[c].state > proxy->state)
			proxy->state = checks[c].state;
	}
}

void proxies_judge(struct report *report)
{
	report->proxies_off = 0;
	for (unsigned i = 0; i < report->proxies; i++) {
		judge(&report->proxy[i]);
		report->proxies_off += report->proxy[i].use == USE_NO;
	}
}

/* What the proxy sees of its node counts; while that says nothing, what the monitor sees. */
static bool lives(const struct report *report, const struct report_proxy *proxy)
{
	if (proxy->use != USE_UNKNOWN)
		return proxy->use == USE_YES;
	for (unsigned i = 0; i < NODES; i++) {
		const struct report_node *node = &report->node[i];
		if (node->id != 0 && strcmp(node->name, proxy->node) == 0)
			return node_lives(node);
	}
	return false;
}

bool proxies_live(const struct report *report)
{
	unsigned known = 0, living = 0;

	for (unsigned i = 0; i < report->proxies; i++) {
		if (report->proxy[i].node == NULL)
			continue;
		known++;
		living += lives(report, &report->proxy[i]);
	}
	return known == 0 || living > 0;
}
