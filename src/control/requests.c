/* SPDX-License-Identifier: PostgreSQL */
#include "requests.h"

#include "bdrmon/clock.h"
#include "bdrmon/log.h"
#include "bdrmon/lookup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_WORD(word, otherwise) ((word) != NULL ? (word) : (otherwise))

/* Look, judge and print; gives the state. */
static enum state report(const struct request *request, const char *format_name,
			 const struct report_limits *limits, struct strbuf *body)
{
	/* Large for this thread's stack. */
	struct {
		struct cluster_sight sight;
		struct report report;
	} *seen = malloc(sizeof *seen);
	enum report_format format = FORMAT_TABLE;

	if (seen == NULL)
		return STATE_UNKNOWN;
	report_format_by_name(format_name, &format);
	control_report(request->cluster, request->facts, &seen->sight, &seen->report);
	report_judge(&seen->report, limits);
	report_write(&seen->report, format, body);
	enum state state = seen->report.state;
	free(seen);
	return state;
}

/* status [FORMAT] */
static int run_status(const struct request *request, struct strbuf *body)
{
	enum state state = report(request, DEFAULT_WORD(request->word[0], "table"), NULL, body);
	return state == STATE_OK ? CODE_OK : CODE_NODE_STATUS;
}

/* once [FORMAT [WARNING [CRITICAL]]] */
static int run_once(const struct request *request, struct strbuf *body)
{
	struct report_limits limits;
	struct error err;

	if (report_limits_parse(DEFAULT_WORD(request->word[1], NODES_DOWN_WARNING),
				DEFAULT_WORD(request->word[2], NODES_DOWN_CRITICAL), &limits,
				&err) != OK) {
		strbuf_printf(body, "%s\n", err.text);
		return STATE_UNKNOWN;
	}
	return (int)report(request, DEFAULT_WORD(request->word[0], "nagios"), &limits, body);
}

/* pause [MILLISECONDS] */
static int run_pause(const struct request *request, struct strbuf *body)
{
	const char *monitor = request->facts->monitor;

	if (request->word[0] == NULL) {
		cluster_pause(request->cluster, FOR_EVER);
		log_notice("monitor \"%s\" is paused until \"bdrmon unpause\"", monitor);
		strbuf_printf(body, "monitor \"%s\" is paused until \"bdrmon unpause\"\n", monitor);
		return CODE_OK;
	}
	int64_t ms = strtoll(request->word[0], NULL, 10);
	if (ms <= 0) {
		strbuf_printf(body, "ERROR: invalid time: \"%s\"\n", request->word[0]);
		return CODE_REFUSED;
	}
	cluster_pause(request->cluster, instant_add_ms(clock_now(), ms));
	log_notice("monitor \"%s\" is paused for %" PRId64 " s", monitor, ms / 1000);
	strbuf_printf(body, "monitor \"%s\" is paused for %" PRId64 " s\n", monitor, ms / 1000);
	return CODE_OK;
}

static int run_unpause(const struct request *request, struct strbuf *body)
{
	cluster_pause(request->cluster, NEVER);
	log_notice("monitor \"%s\" is not paused any more", request->facts->monitor);
	strbuf_printf(body, "monitor \"%s\" is not paused any more\n", request->facts->monitor);
	return CODE_OK;
}

/* explain [json] */
static int run_explain(const struct request *request, struct strbuf *body)
{
	const char *format = DEFAULT_WORD(request->word[0], "text");

	if (cluster_explain(request->cluster, strcmp(format, "json") == 0, body))
		return CODE_OK;
	strbuf_add(body, "ERROR: nothing was decided yet\n");
	return CODE_REFUSED;
}

/* ---------------------------------------------------------------- orders */

/* An order counts for so long: a failure that is seen in that time is dealt with by it. */
#define ORDER_MS 60000

static struct instant order_end(void)
{
	return instant_add_ms(clock_now(), ORDER_MS);
}

/* Say what was ordered, and have it recorded. WHO are the user and the host, as the client
 * tells them. */
static int accept(const struct request *request, const char *const who[2], const char *what,
		  struct strbuf *body)
{
	char text[CONTROL_REQUEST_MAX + NAME_TEXT_MAX];
	struct strbuf order = STRBUF(text);

	strbuf_printf(&order, "%s, ordered by \"%s\" on \"%s\"", what,
		      DEFAULT_WORD(who[0], "unknown"), DEFAULT_WORD(who[1], "unknown"));
	cluster_tell_order(request->cluster, text);
	strbuf_printf(body, "%s: it counts for %d s; \"bdrmon explain\" shows what comes of it\n",
		      what, ORDER_MS / 1000);
	return CODE_OK;
}

static int refuse(const struct error *err, struct strbuf *body)
{
	strbuf_printf(body, "ERROR: %s\n", err->text);
	if (err->hint[0] != '\0')
		strbuf_printf(body, "HINT: %s\n", err->hint);
	return CODE_REFUSED;
}

/* failover TO yes|no USER HOST */
static int run_failover(const struct request *request, struct strbuf *body)
{
	const char *const *word = request->word;
	const char *node = DEFAULT_WORD(word[0], "");
	bool force = word[1] != NULL && strcmp(word[1], "yes") == 0;
	char what[CONTROL_REQUEST_MAX];
	struct strbuf text = STRBUF(what);
	struct error err;

	if (cluster_failover(request->cluster, node, force, order_end(), &err) != OK)
		return refuse(&err, body);
	strbuf_printf(&text, "failover to node \"%s\"%s", node,
		      force ? ", whoever sees the other one up" : "");
	return accept(request, word + 2, what, body);
}

/* readmit NODE USER HOST */
static int run_readmit(const struct request *request, struct strbuf *body)
{
	const char *node = DEFAULT_WORD(request->word[0], "");
	char what[CONTROL_REQUEST_MAX];
	struct strbuf text = STRBUF(what);
	struct error err;

	if (cluster_readmit(request->cluster, node, order_end(), &err) != OK)
		return refuse(&err, body);
	strbuf_printf(&text, "node \"%s\" is readmitted as it is", node);
	return accept(request, request->word + 1, what, body);
}

/* repoint PROXY NODE yes|no USER HOST */
static int run_repoint(const struct request *request, struct strbuf *body)
{
	const char *const *word = request->word;
	bool force = word[2] != NULL && strcmp(word[2], "yes") == 0;
	const char *proxy = DEFAULT_WORD(word[0], ""), *node = DEFAULT_WORD(word[1], "");
	char what[CONTROL_REQUEST_MAX];
	struct strbuf text = STRBUF(what);
	struct error err;

	if (cluster_repoint(request->cluster, proxy, node, force, order_end(), &err) != OK)
		return refuse(&err, body);
	strbuf_printf(&text, "proxy \"%s\" to node \"%s\"", proxy, node);
	return accept(request, word + 3, what, body);
}

/* Why it does not point there yet. */
static void say_why(const struct cluster_proxy *proxy, struct strbuf *body)
{
	if (proxy->silent)
		strbuf_printf(body, "its console does not answer: %s", proxy->reason);
	else if (proxy->move_reason[0] != '\0')
		strbuf_add(body, proxy->move_reason);
	else if (proxy->moving)
		strbuf_add(body, "it is being moved");
	else if (proxy->rule != NULL && proxy->facts.y == Y_NOT)
		strbuf_add(body, "it cannot use that node");
	else
		strbuf_add(body, proxy->rule != NULL ? proxy->rule->why
						     : "nothing was decided about it yet");
}

static bool is_there(const struct cluster_proxy *proxy, unsigned node)
{
	return proxy->route == node && !proxy->moving && !proxy->unproven;
}

/* Their number: there is none of that name. */
static unsigned find_proxy(const struct cluster_sight *sight, const char *name)
{
	unsigned i = 0;
	while (i < sight->proxies && strcmp(sight->proxy[i].name, name) != 0)
		i++;
	return i;
}

static unsigned find_node(const struct cluster_sight *sight, const char *name)
{
	unsigned i = 0;
	while (i < NODES && !node_is_called(&sight->node[i].node, name))
		i++;
	return i;
}

static int say_route(const struct cluster_sight *sight, const char *const word[2],
		     struct strbuf *body)
{
	unsigned p = find_proxy(sight, word[0]), node = find_node(sight, word[1]);

	if (p == sight->proxies || node == NODES) {
		strbuf_add(body, "ERROR: there is no such proxy or node\n");
		return CODE_REFUSED;
	}
	const struct cluster_proxy *proxy = &sight->proxy[p];
	bool there = is_there(proxy, node);
	strbuf_printf(body, "proxy \"%s\" %s to node \"%s\"", proxy->name,
		      proxy->route == node ? "points" : "does not point",
		      sight->node[node].node.name);
	if (!there) {
		strbuf_add(body, ": ");
		say_why(proxy, body);
	}
	strbuf_add(body, "\n");
	return there ? CODE_OK : CODE_NODE_STATUS;
}

/* routed PROXY NODE: does it point there, and is that over and proven? */
static int run_routed(const struct request *request, struct strbuf *body)
{
	const char *const word[] = { DEFAULT_WORD(request->word[0], ""),
				     DEFAULT_WORD(request->word[1], "") };
	struct cluster_sight *sight = malloc(sizeof *sight);

	if (sight == NULL)
		return CODE_REFUSED;
	cluster_look(request->cluster, sight);
	int code = say_route(sight, word, body);
	free(sight);
	return code;
}

/* ack USER HOST */
static int run_ack(const struct request *request, struct strbuf *body)
{
	cluster_acknowledge(request->cluster, order_end());
	return accept(request, request->word, "the failures so far are acknowledged", body);
}

static const struct {
	const char *name;
	bool changes; /* only for a trusted client */
	/* NULL: a reload, which is the main thread's */
	int (*run)(const struct request *request, struct strbuf *body);
} requests[] = {
	{ "status", false, run_status },    { "once", false, run_once },
	{ "pause", true, run_pause },       { "unpause", true, run_unpause },
	{ "reload", true, NULL },           { "explain", false, run_explain },
	{ "failover", true, run_failover }, { "readmit", true, run_readmit },
	{ "ack", true, run_ack },           { "repoint", true, run_repoint },
	{ "routed", false, run_routed },
};

/* Cut LINE into words; gives the first one, NULL if there is none or too many. */
static const char *take_words(char *line, struct request *request)
{
	char *rest = NULL;
	const char *first = strtok_r(line, " \t\r", &rest), *word;

	for (unsigned i = 0; first != NULL && (word = strtok_r(NULL, " \t\r", &rest)) != NULL;
	     i++) {
		if (i == REQUEST_WORDS_MAX)
			return NULL;
		request->word[i] = word;
	}
	return first;
}

enum request_end request_run(char *line, bool trusted, struct cluster *cluster,
			     const struct control_facts *facts, int *code, struct strbuf *body)
{
	struct request request = { .cluster = cluster, .facts = facts };
	const char *name = take_words(line, &request);

	*code = CODE_REFUSED;
	for (unsigned i = 0; name != NULL && i < ARRAY_LEN(requests); i++) {
		if (strcmp(requests[i].name, name) != 0)
			continue;
		if (requests[i].changes && !trusted) {
			strbuf_printf(body,
				      "ERROR: permission denied for \"%s\"\n"
				      "HINT: Do it as the monitor's user or as root.\n",
				      name);
			return REQUEST_DONE;
		}
		if (requests[i].run == NULL)
			return REQUEST_RELOADS;
		*code = requests[i].run(&request, body);
		return REQUEST_DONE;
	}
	strbuf_add(body, "ERROR: unrecognized request\n");
	return REQUEST_DONE;
}
