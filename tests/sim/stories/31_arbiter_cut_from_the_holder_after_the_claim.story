# SPDX-License-Identifier: PostgreSQL
story arbiter cut from the holder after the claim
layout arbiter
on_no_quorum wait
at 4000 holder stalls with the claim for 1
at 5000 host B dies for 20000
at 6200 links A and Z are cut for 20000
expect commands 1 moves 0-1 alive 0 harm 0 outage 3500
