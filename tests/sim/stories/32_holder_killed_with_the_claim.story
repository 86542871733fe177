# SPDX-License-Identifier: PostgreSQL
story holder killed with the claim
layout two
on_no_quorum wait
at 4000 holder crashes with the claim for 10000
at 5000 server B crashes for 30000
expect commands 1 moves 1 alive 0 harm 0 outage 1500
