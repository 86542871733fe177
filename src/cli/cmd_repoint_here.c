/* SPDX-License-Identifier: PostgreSQL */
/* repoint, failback without a running monitor: the same code moves each proxy from here. */
#include "commands.h"

#include "bdrmon/clock.h"
#include "bdrmon/stages.h"
#include "bdrmon/strbuf.h"
#include "each_proxy.h"
#include "load.h"
#include "repoint.h"

#include <stdlib.h>
#include <unistd.h>

/* Another monitor may move it at the same moment: so often is it looked at again. */
#define TRIES 3

struct trip {
	const struct arguments *arguments;
	const struct one_proxy *one;
	unsigned to;
};

static int refuse(const struct trip *trip, int code, const char *why, const char *hint)
{
	struct error err;

	error_set(&err, ERR_CONFIG, "proxy \"%s\": %s", trip->one->config->name, why);
	error_hint(&err, "%s", hint);
	return tell_error(trip->arguments, &err, code);
}

/* What RECORDER has recorded last, if that is a failure of FAILED that is not over. */
static bool failure_is_open(const struct trip *trip, unsigned recorder, unsigned failed,
			    enum stage *stage)
{
	const struct failure_seen *seen = &trip->one->survey[recorder].failure;

	return seen->epoch != 0 && seen->failed_id == trip->one->node[failed].id &&
	       stage_by_name(seen->stage, stage) && *stage != STAGE_CLOSED &&
	       *stage != STAGE_ABANDONED;
}

/* The rules of the routes, as far as one look can tell. */
static struct move_order make_order(const struct trip *trip)
{
	const struct proxy_view *view = &trip->one->proxy->view;
	bool there = view->route == trip->to;
	unsigned from = other_node(trip->to);
	enum stage stage;
	struct move_order order = {
		.move = there                                   ? MOVE_WRITE_BACK
			: view->sight[from].health == HEALTH_UP ? MOVE_SWITCH
								: MOVE_AWAY,
		.from = from,
		.to = trip->to,
		.file = view->file,
		.looked = view->looked,
		.rule = "ordered",
		.patient = trip->one->survey[from].reached,
	};

	for (unsigned i = 0; i < NODES; i++) {
		uint64_t done =
			failure_is_open(trip, i, other_node(i), &stage) && stage == STAGE_DONE
				? (uint64_t)trip->one->survey[i].failure.epoch
				: 0;
		uint64_t honoured = view->file.honoured[i];
		order.honoured[i] = done > honoured ? done : honoured;
	}
	return order;
}

/* Look; empty: it can be moved. */
static const char *look(const struct trip *trip)
{
	const struct proxy_stop stop = { .stop_fd = -1, .news_fd = -1 };
	struct proxy *proxy = trip->one->proxy;

	proxy_look(proxy, LOGIN_RETRY_KEEP, &stop);
	if (!proxy->answers)
		return proxy->reason;
	if (proxy->view.route >= NODES)
		return proxy->odd[0] != '\0' ? proxy->odd : "it points to neither node";
	return proxy->file_reason;
}

static int tell_there(const struct trip *trip, const char *how, const char *detail)
{
	const struct node_record *node = &trip->one->node[trip->to];

	tell_message("NOTICE", "proxy \"%s\" %s to node \"%s\" (ID: %d)", trip->one->config->name,
		     how, node->name, node->id);
	if (detail[0] != '\0')
		tell_message("DETAIL", "%s", detail);
	return EXIT_CODE_OK;
}

static int tell_end(const struct trip *trip, const struct proxy_moved *moved)
{
	char text[REASON_MAX + 64], steps[512];
	struct strbuf end = STRBUF(text), times = STRBUF(steps);

	proxy_moved_end(moved, &end);
	proxy_moved_times(moved, &times);
	if (moved->progress.end == MOVE_DONE)
		return tell_there(trip, "points", steps);
	return refuse(trip, EXIT_CODE_NODE_STATUS, text, "");
}

static int go(const struct trip *trip)
{
	const struct proxy_stop stop = { .stop_fd = -1, .news_fd = -1 };
	static const int64_t not_known[NODES];
	struct proxy *proxy = trip->one->proxy;
	struct proxy_moved moved;

	for (unsigned try = 0; try < TRIES; try++) {
		const char *why = look(trip);
		if (why[0] != '\0')
			return refuse(trip, EXIT_CODE_NODE_STATUS, why, "");
		if (proxy->view.route == trip->to && proxy->view.file.node == trip->to)
			return tell_there(trip, try > 0 ? "points" : "points already", "");
		const struct move_order order = make_order(trip);
		proxy_move(proxy, &order, not_known, &stop, &moved);
		if (moved.progress.end == MOVE_DONE || !proxy_moved_well(&moved))
			break;
	}
	return tell_end(trip, &moved);
}

static int move(void *context, const struct one_proxy *one)
{
	struct trip trip = { .arguments = context, .one = one, .to = 0 };
	const char *goal = repoint_goal(trip.arguments, one->config);
	enum stage unused;

	if (goal == NULL)
		return EXIT_CODE_OK;
	if (one->proxy == NULL)
		return refuse(&trip, EXIT_CODE_BAD_CONFIG, one->err->text, one->err->hint);
	while (trip.to < NODES && !node_is_called(&one->node[trip.to], goal))
		trip.to++;
	if (trip.to == NODES)
		return refuse(&trip, EXIT_CODE_BAD_CONFIG, "there is no node of that name or ID",
			      "\"bdrmon cluster show\" shows those that there are.");
	if (!trip.arguments->force && failure_is_open(&trip, other_node(trip.to), trip.to, &unused))
		return refuse(&trip, EXIT_CODE_NODE_STATUS,
			      "that node has failed and not recovered yet",
			      "It may lack what was written meanwhile. \"--force\" moves the proxy "
			      "there all the same.");
	return go(&trip);
}

int cmd_repoint_here(const struct arguments *arguments)
{
	const struct survey_wish failures = { .failure = true };
	struct arguments copy = *arguments;
	struct config *config;
	struct error err;

	enum status st = load_config(arguments, &config, &err);
	if (st == OK) {
		st = repoint_check(arguments, config, &err);
		free(config);
	}
	if (st != OK)
		return tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG);
	int code = each_proxy(arguments, &failures, move, &copy);
	fflush(stdout);
	_exit(code);
}
