/* SPDX-License-Identifier: PostgreSQL */
/* The operator's word: requests to the running monitor that say who gives them. */
#include "commands.h"

#include "bdrmon/control.h"
#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"
#include "order.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A word of a request: no blanks, and not empty. */
#define WORD_MAX 65

static void add_word(struct strbuf *request, const char *text)
{
	char word[WORD_MAX];

	copy_text(word, sizeof word, text);
	for (char *c = word; *c != '\0'; c++) {
		if ((unsigned char)*c <= ' ')
			*c = '_';
	}
	strbuf_printf(request, " %s", word[0] != '\0' ? word : "unknown");
}

void order_write(const char *const words[], unsigned count, struct strbuf *request)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *user = getpwuid(getuid());
	char host[WORD_MAX] = "";

	strbuf_add(request, words[0]);
	for (unsigned i = 1; i < count; i++)
		add_word(request, words[i]);
	add_word(request, sudo != NULL ? sudo : user != NULL ? user->pw_name : "");
	gethostname(host, sizeof host - 1);
	add_word(request, host);
}

static int give_order(const struct arguments *arguments, const char *const words[], unsigned count)
{
	char line[CONTROL_REQUEST_MAX];
	struct strbuf request = STRBUF(line);

	order_write(words, count, &request);
	return ask_and_print(arguments, line, NULL);
}

static int usage_error(const struct arguments *arguments, const char *text, const char *hint)
{
	struct error err;

	error_set(&err, ERR_CONFIG, "%s", text);
	error_hint(&err, "%s", hint);
	return tell_error(arguments, &err, EXIT_CODE_BAD_CONFIG);
}

/* Ask back, at a terminal. */
static bool is_sure(const struct arguments *arguments)
{
	char answer[8] = "";

	printf("The other node will be treated as failed if it is down as seen from here, though "
	       "no\nmajority may confirm it. Fail over to \"%s\"? [y/N] ",
	       arguments->to);
	fflush(stdout);
	return fgets(answer, sizeof answer, stdin) != NULL &&
	       (answer[0] == 'y' || answer[0] == 'Y');
}

int cmd_failover(const struct arguments *arguments)
{
	const char *const words[] = { "failover", arguments->to, arguments->force ? "yes" : "no" };

	if (arguments->to == NULL)
		return usage_error(arguments, "the node that takes over is missing",
				   "Name it with \"--to NODE\".");
	if (!arguments->yes && !isatty(STDIN_FILENO))
		return usage_error(arguments, "\"failover\" asks back, and there is no terminal",
				   "Say \"--yes\".");
	if (!arguments->yes && !is_sure(arguments))
		return EXIT_CODE_OK;
	return give_order(arguments, words, ARRAY_LEN(words));
}

int cmd_readmit(const struct arguments *arguments)
{
	const char *const words[] = { "readmit", arguments->operands[0] };

	return give_order(arguments, words, ARRAY_LEN(words));
}

int cmd_ack(const struct arguments *arguments)
{
	const char *const words[] = { "ack" };

	return give_order(arguments, words, ARRAY_LEN(words));
}
