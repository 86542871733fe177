# SPDX-License-Identifier: PostgreSQL
story a monitor stalled across the fault
layout two
on_no_quorum wait
at 4900 monitor 2 stalls for 30000
at 5000 server B crashes for 20000
expect commands 1 moves 1 alive 0 harm 0 outage 1300
