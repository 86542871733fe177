# SPDX-License-Identifier: PostgreSQL
story an end of session from before a stall makes a forged RST conclusive
layout bare
on_no_quorum wait
seed 31887
at 17928 firewall on B resets A for 6496
at 17931 holder crashes at claimed for 7793
at 18497 server A crashes for 8
at 5270 holder stalls with the claim for 11131
at 8733 server B crashes for 3
expect commands 0 moves 0 alive 0 harm 0 outage 0
