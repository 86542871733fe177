# SPDX-License-Identifier: PostgreSQL
story holder stalls 60 s at commanded
layout two
on_no_quorum wait
at 4000 holder stalls at commanded for 60000
at 5000 server B crashes for 70000
expect commands 1 moves 1 alive 0 harm 0 outage 300
