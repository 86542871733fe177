# SPDX-License-Identifier: PostgreSQL
story B dies, then A; B is back first
layout two
on_no_quorum wait
at 5000 server B crashes for 10000
at 9000 server A crashes for 20000
expect commands 1-2 moves 2-3 alive 0 harm 0 outage 23000
