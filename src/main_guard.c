/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/guard.h"

int main(void)
{
	return guard_main();
}
