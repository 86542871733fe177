# SPDX-License-Identifier: PostgreSQL
story arbiter down when a failure is closed, then another failure
layout arbiter
on_no_quorum wait
at 5000 host B dies for 9000
at 13000 arbiter dies for 12000
at 30000 host A dies for 15000
expect commands 2 moves 1-3 alive 0 harm 0 outage 3600
