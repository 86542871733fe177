# SPDX-License-Identifier: PostgreSQL
story both monitors down, B dies, they start
layout two
on_no_quorum wait
at 4000 monitor 1 crashes for 10000
at 4000 monitor 2 crashes for 10000
at 5000 server B crashes for 30000
expect commands 1 moves 1 alive 0 harm 0 outage 13000
