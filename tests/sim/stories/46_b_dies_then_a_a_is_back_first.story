# SPDX-License-Identifier: PostgreSQL
story B dies, then A; A is back first
layout two
on_no_quorum wait
at 5000 server B crashes for 20000
at 9000 server A crashes for 6000
expect commands 1 moves 1 alive 0 harm 0 outage 23000
