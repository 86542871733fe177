# SPDX-License-Identifier: PostgreSQL
story arbiter only: cut A-B
layout arbiter_only
on_no_quorum wait
at 5000 links A and B are cut for 20000
expect commands 0 moves 0 alive 0 harm 0
