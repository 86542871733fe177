# SPDX-License-Identifier: PostgreSQL
story the target answers slower than the write window allows
layout away
on_no_quorum wait
seed 2439
at 10453 server A answers 540 ms late for 10123
at 11877 firewall on B resets everybody for 5038
expect commands 0-1 moves 1 alive 0 harm 0 outage 3000
