/* SPDX-License-Identifier: PostgreSQL */
/* proxy_cases.h - for the tests of proxy_text: two nodes, and files as they are found. */
#ifndef TEST_PROXY_CASES_H
#define TEST_PROXY_CASES_H

#include "bdrmon/proxy_text.h"

#include "bdrmon/lookup.h"
#include "bdrmon/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MADE_MAX 8192

/* NAMES has blanks between. The nodes are node1 and node2, IDs 1 and 2. */
static inline struct proxy_aliases aliases_of(const char *names, const char *port1,
					      const char *port2)
{
	struct proxy_aliases aliases = {
		.id = { 1, 2 },
		.target = { { .host = "node1" }, { .host = "node2" } },
	};
	char copy[256], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", names);
	for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save))
		snprintf(aliases.name[aliases.count++], NAME_TEXT_MAX, "%s", name);
	snprintf(aliases.target[0].port, TARGET_PORT_MAX, "%s", port1);
	snprintf(aliases.target[1].port, TARGET_PORT_MAX, "%s", port2);
	for (unsigned node = 0; node < NODES; node++)
		proxy_probe_alias(aliases.target[node].host, aliases.id[node], aliases.probe[node]);
	return aliases;
}

#define MARK(epoch, node, heeds)                                                                   \
	"; bdrmon/1 epoch=" epoch " node=" node " heeds=" heeds                                    \
	" (written by bdrmon: it compares this line, leave it)"

/* Files in which all named aliases point to node1 or node2 at port 5432. */
static const struct proxy_case {
	const char *what, *names, *text;
} proxy_cases[] = {
	{ "one alias", "app", "[databases]\napp = host=node1 port=5432 dbname=app\n" },
	{ "no final line feed", "app", "[databases]\napp = host=node1 port=5432 dbname=app" },
	{ "CRLF", "app",
	  "[databases]\r\napp = host=node1 port=5432\r\n[pgbouncer]\r\nlisten_port = 6432\r\n" },
	{ "CRLF, no final line end", "app", "[databases]\r\napp = host=node1 port=5432" },
	{ "CRLF in one line only", "app", "[databases]\napp = host=node1 port=5432\r\n\n" },
	{ "indented by tabs", "app",
	  "[databases]\n\tapp\t=\thost=node1 port=5432\t\n\t; comment\n[pgbouncer]\n" },
	{ "blanks in every place", "app",
	  "  [databases]  \n  app  =   host = node1   port  =  5432   dbname =  app  \n" },
	{ "no port", "app", "[databases]\napp = host=node1 dbname=app\n" },
	{ "no port, host at the end", "app", "[databases]\napp = dbname=app host=node1\n" },
	{ "no dbname", "app", "[databases]\napp = host=node1\n" },
	{ "host in capitals", "app", "[databases]\napp = host=NODE1 port=5432\n" },
	{ "quoted values", "app",
	  "[databases]\napp = host='node1' port='5432' password='it''s ; # [x] secret'\n" },
	{ "a byte at the quote", "app", "[databases]\napp = host='node1';dbname=app\n" },
	{ "the same at the end", "app", "[databases]\napp = dbname=app host='node1';\n" },
	{ "port first", "app", "[databases]\napp = port=5432 dbname=app host=node1\n" },
	{ "parameters twice", "app",
	  "[databases]\napp = host=node2 host=node1 port=5432 port='5432'\n" },
	{ "port with zeroes", "app", "[databases]\napp = host=node1 port=' 05432x'\n" },
	{ "user and password", "app",
	  "[databases]\napp = host=node1 user=app password=secret auth_user=auth pool_size=20\n" },
	{ "everything that an alias can have", "app",
	  "[databases]\napp = host=node1 dbname=a user=u password=p auth_user=x "
	  "client_encoding=UTF8 "
	  "datestyle=ISO timezone=UTC pool_size=5 min_pool_size=1 reserve_pool=2 pool_mode=Session "
	  "max_db_connections=9 application_name=n connect_query='select ''1'''\n" },
	{ "several aliases", "app web",
	  "[databases]\napp = host=node1 dbname=app\n; between\nstat = host=node1 dbname=stat\n"
	  "web = host=node1 port=5432 dbname=web\n\n[pgbouncer]\nlisten_port = 6432\n" },
	{ "aliases on different hosts", "app",
	  "[databases]\nold = host=archive port=5433\napp = host=node1\nlog = "
	  "host=10.0.0.9,node1\n" },
	{ "aliases that point to different nodes", "app web",
	  "[databases]\napp = host=node1 dbname=app\nweb = host=node2 dbname=web\n" },
	{ "the fallback", "*", "[databases]\n* = host=node1 port=5432\n" },
	{ "the fallback and another", "* app",
	  "[databases]\n* = host=node1\napp = host=node1 user=u password=p\n" },
	{ "a fallback that is not named, and that nobody can use", "app",
	  "[databases]\napp = host=node1\n* = host=other sslmode=require\n" },
	{ "a main file", "app",
	  "; main\n[pgbouncer]\nlisten_addr = *\nlisten_port = 6432\nauth_type = scram-sha-256\n"
	  "logfile = /var/log/pgbouncer.log\n\n[databases]\napp = host=node1 port=5432\n\n"
	  "[users]\napp = pool_mode=session\n" },
	{ "a main file, aliases first", "app",
	  ";; database name = connect string\n[databases]\n\n; foodb over unix socket\n;app =\n"
	  "app = host=node1 port=5432 dbname=app\n\n;; Configuration section\n[pgbouncer]\n"
	  "app = host=node1\nlogfile = x\n[peers]\n1 = host=/tmp\n" },
	{ "[databases] twice", "app web",
	  "[databases]\napp = host=node1\n[users]\napp = pool_mode=session\n[databases]\n"
	  "web = host=node1\n" },
	{ "no header", "app", "app = host=node1 port=5432\n" },
	{ "no header, comments first", "app web",
	  "# ours\n\n# also ours\napp = host=node1\n\nweb=host=node1\n" },
	{ "an include", "app",
	  "%include /etc/pgbouncer/main.ini\n\n[databases]\n%include\tmore.ini \napp = "
	  "host=node1\n" },
	{ "the alias on the header's line", "app", "[databases] app = host=node1\n" },
	{ "a comment on the header's line", "app",
	  "[databases] " MARK("7", "1", "1:0,2:0") "\napp = host=node1\n" },
	{ "duplicates", "app",
	  "[databases]\napp = host=other\napp = host=node2 port=5432\napp = host=node1\n" },
	{ "a comment line of ours", "app",
	  "[databases]\n" MARK("11", "1", "1:3,2:4") "\napp = host=node1\n" },
	{ "comment lines of ours in other places", "app",
	  MARK("11", "1", "1:3,2:4") "\n[databases]\napp = host=node1\n" MARK("9", "2",
									      "1:0,2:0") },
	{ "the same with CRLF", "app",
	  "[databases]\r\napp = host=node1\r\n" MARK("9", "2", "1:0,2:0") },
	{ "a damaged one", "app", "[databases]\n; bdrmon/1 hands off\napp = host=node1\n" },
	{ "probe aliases", "app",
	  "[databases]\napp = host=node1 user=u\nbdrmon_probe_node1 = host=node1 port=5432 user=u "
	  "dbname=app pool_size=1 pool_mode=transaction\nbdrmon_probe_node2 = host=node2 port=5432 "
	  "user=u dbname=app "
	  "pool_size=1 pool_mode=transaction\nweb = host=node1\n" },
	{ "probe aliases that are wrong", "app",
	  "[databases]\nbdrmon_probe_node2   =   host=node1 port=5432\napp = host=node1\n" },
	{ "white space that is no blank", "app", "\v[databases]\f\v\n\fapp = host=node1\v\n\v" },
};

#endif
