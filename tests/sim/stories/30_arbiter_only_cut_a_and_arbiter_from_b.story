# SPDX-License-Identifier: PostgreSQL
story arbiter only: cut A and arbiter from B
layout arbiter_only
on_no_quorum wait
at 5000 hosts A and Z are an island for 20000
expect commands 1 moves 0 alive 1 harm 0
