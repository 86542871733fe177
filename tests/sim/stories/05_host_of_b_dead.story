# SPDX-License-Identifier: PostgreSQL
story host of B dead
layout two
on_no_quorum wait
at 5000 host B dies for 20000
expect commands 1 moves 1 alive 0 harm 0 outage 3500
