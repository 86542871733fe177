# SPDX-License-Identifier: PostgreSQL
story keep_together: host of B dead
layout two
on_no_quorum wait
keep_together on
at 5000 host B dies for 20000
expect commands 1 moves 1-2 alive 0 harm 0 outage 6000
