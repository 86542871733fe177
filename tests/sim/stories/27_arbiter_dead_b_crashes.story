# SPDX-License-Identifier: PostgreSQL
story arbiter dead, B crashes
layout arbiter
on_no_quorum wait
at 4000 arbiter dies for 25000
at 5000 server B crashes for 20000
expect commands 1 moves 1 alive 0 harm 0 outage 300
