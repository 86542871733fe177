# SPDX-License-Identifier: PostgreSQL
story command slower than its limit
layout two
on_no_quorum wait
at 4000 commands take 20000 ms for 60000
at 5000 server B crashes for 60000
expect commands 2-3 moves 1 alive 0 harm 0 outage 300
