/* SPDX-License-Identifier: PostgreSQL */
/* config_file.h - read a configuration that a test has as text. */
#ifndef TEST_CONFIG_FILE_H
#define TEST_CONFIG_FILE_H

#include "bdrmon/config.h"

#include <assert.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Three lines that a file cannot do without. */
#define MINIMUM "node_id=1\nnode_name=node1\nconninfo='host=node1 dbname=x'\n"

static inline enum status read_bytes(const char *bytes, size_t length, struct config *config,
				     struct config_report *report)
{
	char path[] = "/tmp/test_config_XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
	enum status st = config_read(path, config, report);
	unlink(path);
	/* What comes from the name of the file goes, so that configurations compare. */
	if (st == OK) {
		memset(config->file, 0, sizeof config->file);
		memset(config->cluster, 0, sizeof config->cluster);
	}
	return st;
}

static inline enum status read_text(const char *text, struct config *config,
				    struct config_report *report)
{
	return read_bytes(text, strlen(text), config, report);
}

/* Is there a message with TEXT in it? */
static inline int says(const struct config_report *report, const char *text)
{
	for (unsigned i = 0; i < report->count; i++) {
		if (strstr(report->message[i].text, text) != NULL)
			return 1;
	}
	return 0;
}

/* Read TEXT, which must be right, and show what is wrong if it is not. */
static inline void read_good(const char *text, struct config *config)
{
	static struct config_report report;
	enum status st = read_text(text, config, &report);
	for (unsigned i = 0; st != OK && i < report.count; i++)
		print_error("%s\n", report.message[i].text);
	assert_int_equal(st, OK);
}

#endif
