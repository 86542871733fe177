# SPDX-License-Identifier: PostgreSQL
story loss of 5 percent
layout two
on_no_quorum wait
at 5000 all links lose 5 percent for 60000
expect commands 0 moves 0 alive 0 harm 0 outage 4500
