# SPDX-License-Identifier: PostgreSQL
story heal during the claim
layout two
on_no_quorum wait
at 5000 links A and B are cut for 2100
expect commands 0 moves 0 alive 0 harm 0 outage 0
