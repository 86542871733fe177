# SPDX-License-Identifier: PostgreSQL
story both monitors restart while B is dead
layout two
on_no_quorum wait
at 5000 server B crashes for 30000
at 5010 monitor 1 crashes for 3000
at 5010 monitor 2 crashes for 3000
expect commands 1 moves 1 alive 0 harm 0 outage 9000
