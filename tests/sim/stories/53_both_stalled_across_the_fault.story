# SPDX-License-Identifier: PostgreSQL
story both stalled across the fault
layout two
on_no_quorum wait
at 4900 monitor 1 stalls for 30000
at 4900 monitor 2 stalls for 30000
at 5000 server B crashes for 20000
expect commands 0 moves 0-1 alive 0 harm 0 outage 36000
