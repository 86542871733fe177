/* SPDX-License-Identifier: PostgreSQL */
/* What holds for every file that can be edited at all. */
#include "proxy_cases.h"

struct made {
	char text[MADE_MAX];
	size_t length;
};

static const struct proxy_file wishes[] = {
	{ .epoch = 12, .node = 0, .honoured = { 5, 0 } },
	{ .epoch = 13, .node = 1, .honoured = { 0, 7 } },
	{ .epoch = 14, .node = 0, .honoured = { 1, 1 } },
	{ .epoch = UINT64_MAX, .node = 1, .honoured = { UINT64_MAX, UINT64_MAX } },
};

static bool edit(const char *text, size_t length, const struct proxy_aliases *aliases,
		 const struct proxy_file *wish, struct made *made, struct error *err)
{
	return proxy_text_edit(text, length, aliases, wish, made->text, sizeof(made->text),
			       &made->length, err) == OK;
}

static void must_be_edited(const char *what, const char *text, size_t length,
			   const struct proxy_aliases *aliases, const struct proxy_file *wish,
			   struct made *made)
{
	struct error err;

	if (!edit(text, length, aliases, wish, made, &err))
		fail_msg("%s: %s\n%.*s", what, err.text, (int)length, text);
}

static void must_say(const char *what, const struct made *made, const struct proxy_aliases *aliases,
		     const struct proxy_file *wish)
{
	struct proxy_said said;
	struct error err;

	if (proxy_text_read(made->text, made->length, aliases, &said, &err) != OK)
		fail_msg("%s: %s\n%.*s", what, err.text, (int)made->length, made->text);
	if (said.odd[0] != '\0' || !said.marked || !said.probes || said.file.node != wish->node ||
	    said.file.epoch != wish->epoch || said.file.honoured[0] != wish->honoured[0] ||
	    said.file.honoured[1] != wish->honoured[1])
		fail_msg("%s: it says node %u, probes %d, <%s>\n%.*s", what, said.file.node,
			 said.probes, said.odd, (int)made->length, made->text);
}

static void must_stay(const char *what, const struct made *made,
		      const struct proxy_aliases *aliases, const struct proxy_file *wish)
{
	static struct made again;

	must_be_edited(what, made->text, made->length, aliases, wish, &again);
	if (again.length != made->length || memcmp(again.text, made->text, made->length) != 0)
		fail_msg("%s: once\n%.*s\ntwice\n%.*s", what, (int)made->length, made->text,
			 (int)again.length, again.text);
}

static void an_edited_file_says_what_was_asked_for_and_the_same_edit_changes_no_more(void **state)
{
	static const char *const ports[] = { "5432", "6543" }; /* of node2 */
	static struct made before, made;
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(proxy_cases) * ARRAY_LEN(ports); i++) {
		const struct proxy_case *c = &proxy_cases[i / ARRAY_LEN(ports)];
		struct proxy_aliases aliases = aliases_of(c->names, "5432", "5432");

		must_be_edited(c->what, c->text, strlen(c->text), &aliases, &wishes[0], &before);
		aliases = aliases_of(c->names, "5432", ports[i % ARRAY_LEN(ports)]);
		for (size_t w = 0; w < ARRAY_LEN(wishes); w++) {
			must_be_edited(c->what, before.text, before.length, &aliases, &wishes[w],
				       &made);
			must_say(c->what, &made, &aliases, &wishes[w]);
			must_stay(c->what, &made, &aliases, &wishes[w]);
			before = made;
		}
	}
}

/* Copy TEXT without the lines of ours, and with node1 for both nodes. */
static void reduce(const char *text, size_t length, struct made *reduced)
{
	char line[MADE_MAX];
	struct strbuf out = STRBUF(reduced->text);

	for (const char *at = text, *next; at < text + length; at = next) {
		next = memchr(at, '\n', (size_t)(text + length - at));
		next = next != NULL ? next + 1 : text + length;
		snprintf(line, sizeof(line), "%.*s", (int)(next - at), at);
		if (strncmp(line, "; bdrmon/1 ", strlen("; bdrmon/1 ")) == 0 ||
		    strncmp(line, "bdrmon_probe_", strlen("bdrmon_probe_")) == 0)
			continue;
		for (char *host = line; (host = strcasestr(host, "node")) != NULL; host += 5)
			memcpy(host, "node1", 5);
		strbuf_add(&out, line);
	}
	while (out.length > 0 && strchr("\r\n", out.text[out.length - 1]) != NULL)
		out.length--; /* the last line may have become another one */
	reduced->length = out.length;
}

static void every_other_byte_of_the_file_stays(void **state)
{
	static struct made made, before, after;
	struct proxy_file wish = wishes[1];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(proxy_cases); i++) {
		const struct proxy_case *c = &proxy_cases[i];
		size_t length = strlen(c->text);
		struct proxy_aliases aliases = aliases_of(c->names, "5432", "5432");

		must_be_edited(c->what, c->text, length, &aliases, &wish, &made);
		reduce(c->text, length, &before);
		reduce(made.text, made.length, &after);
		if (before.length != after.length ||
		    memcmp(before.text, after.text, before.length) != 0)
			fail_msg("%s:\n%s\nhas become\n%.*s", c->what, c->text, (int)made.length,
				 made.text);
		assert_int_equal(made.text[made.length - 1] == '\n', c->text[length - 1] == '\n');
	}
}

/* Whatever somebody has done to the file: it is refused, or what comes out is right. */
static void must_hold(const char *what, const char *text, size_t length,
		      const struct proxy_aliases *aliases)
{
	static struct made made;
	struct proxy_said said;
	struct error err;

	for (size_t w = 0; w < 2; w++) {
		bool read = proxy_text_read(text, length, aliases, &said, &err) == OK;
		if (edit(text, length, aliases, &wishes[w], &made, &err)) {
			assert_true(read);
			must_say(what, &made, aliases, &wishes[w]);
			must_stay(what, &made, aliases, &wishes[w]);
		} else if (read) {
			assert_true(said.odd[0] != '\0');
			assert_int_equal(said.file.node, NODES);
		}
	}
}

static void a_file_that_is_cut_anywhere_is_refused_or_edited_well(void **state)
{
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(proxy_cases); i++) {
		const struct proxy_case *c = &proxy_cases[i];
		struct proxy_aliases aliases = aliases_of(c->names, "5432", "6543");
		for (size_t length = 0; length < strlen(c->text); length++) {
			/* of its own, so that a sanitizer sees who reads beyond */
			char *copy = test_malloc(length + 1);
			memcpy(copy + 1, c->text, length);
			must_hold(c->what, copy + 1, length, &aliases);
			test_free(copy);
		}
	}
}

static void a_file_with_any_byte_changed_is_refused_or_edited_well(void **state)
{
	static const char bytes[] = " \t\r\n='[];#%*x\v\xff"; /* and NUL */
	static char copy[MADE_MAX];
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(proxy_cases); i++) {
		const struct proxy_case *c = &proxy_cases[i];
		struct proxy_aliases aliases = aliases_of(c->names, "5432", "6543");
		size_t length = strlen(c->text);
		for (size_t at = 0; at < length * sizeof(bytes); at++) {
			memcpy(copy, c->text, length);
			copy[at / sizeof(bytes)] = bytes[at % sizeof(bytes)];
			must_hold(c->what, copy, length, &aliases);
		}
	}
}

/* Each monitor has the node of its own host first. */
static struct proxy_aliases other_way_round(const struct proxy_aliases *aliases)
{
	struct proxy_aliases turned = *aliases;

	for (unsigned node = 0; node < NODES; node++) {
		unsigned other = 1 - node;
		turned.id[node] = aliases->id[other];
		turned.target[node] = aliases->target[other];
		memcpy(turned.probe[node], aliases->probe[other], sizeof(turned.probe[node]));
	}
	return turned;
}

static void what_one_monitor_has_written_is_as_the_other_one_would_write_it(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(proxy_cases); i++) {
		const struct proxy_case *c = &proxy_cases[i];
		struct proxy_aliases aliases = aliases_of(c->names, "5432", "5432");
		struct proxy_aliases turned = other_way_round(&aliases);
		struct proxy_file wish = { .epoch = 3, .node = 1, .honoured = { 5, 7 } };
		struct proxy_file same = { .epoch = 3, .node = 0, .honoured = { 7, 5 } };
		static struct made made;
		must_be_edited(c->what, c->text, strlen(c->text), &aliases, &wish, &made);
		must_say(c->what, &made, &turned, &same);
		must_stay(c->what, &made, &turned, &same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_edited_file_says_what_was_asked_for_and_the_same_edit_changes_no_more),
		cmocka_unit_test(what_one_monitor_has_written_is_as_the_other_one_would_write_it),
		cmocka_unit_test(every_other_byte_of_the_file_stays),
		cmocka_unit_test(a_file_that_is_cut_anywhere_is_refused_or_edited_well),
		cmocka_unit_test(a_file_with_any_byte_changed_is_refused_or_edited_well),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
