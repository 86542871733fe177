/* SPDX-License-Identifier: PostgreSQL */
/* lookup.h - what every table needs. */
#ifndef BDRMON_LOOKUP_H
#define BDRMON_LOOKUP_H

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
