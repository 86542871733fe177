# SPDX-License-Identifier: PostgreSQL
story mover dies between file and RELOAD, B is back
layout two
on_no_quorum wait
at 4000 mover crashes before RELOAD for 10000
at 5000 server B crashes for 1000
expect commands 0-1 moves 0-1 alive 0 harm 0 outage 4500
