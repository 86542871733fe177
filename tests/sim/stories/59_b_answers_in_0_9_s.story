# SPDX-License-Identifier: PostgreSQL
story B answers in 0.9 s
layout two
on_no_quorum wait
at 5000 server B answers 900 ms late for 20000
expect commands 0 moves 0 alive 0 harm 0 outage 0
