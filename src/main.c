/* SPDX-License-Identifier: PostgreSQL */
#include "bdrmon/cli.h"

int main(int argc, char **argv)
{
	return cli_bdrmon(argc, argv);
}
