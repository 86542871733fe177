# SPDX-License-Identifier: PostgreSQL
story a relayed sight is older than it says by its way to the server
layout bare
on_no_quorum wait
seed 46751
at 9408 server A answers 235 ms late for 6870
at 11711 server B crashes for 1917
at 17959 server B crashes for 770
at 15649 links B and A are 433 ms slow for 4778
expect commands 0-1 moves 0 alive 0 harm 0 outage 0
