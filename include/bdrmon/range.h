/* SPDX-License-Identifier: PostgreSQL */
/* range.h - the thresholds of monitoring plugins. Pure.
 *
 *   10      alert if x < 0 or x > 10        10:20    alert outside, the ends are inside
 *   10:     alert if x < 10                 @10:20   alert inside
 *   ~:10    alert if x > 10
 *
 * Source: Monitoring Plugins Development Guidelines, Threshold and Ranges
 */
#ifndef BDRMON_RANGE_H
#define BDRMON_RANGE_H

#include "bdrmon/error.h"

#include <stdbool.h>

struct range {
	double start, end; /* may be infinite */
	bool inside;       /* alert inside and not outside */
};

/* Read TEXT.
 * range   written on OK only
 * Errors: ERR_CONFIG  it is not such a range, or its start is larger than its end */
enum status range_parse(const char *text, struct range *range, struct error *err);

/* Does X raise an alert? */
bool range_alerts(const struct range *range, double x);

#endif
