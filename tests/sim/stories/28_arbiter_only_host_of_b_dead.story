# SPDX-License-Identifier: PostgreSQL
story arbiter only: host of B dead
layout arbiter_only
on_no_quorum wait
at 5000 host B dies for 20000
expect commands 1 moves 0 alive 0 harm 0
