# SPDX-License-Identifier: PostgreSQL
story a fence by one test that was lost between monitor and proxy
layout third_on_nodes
on_no_quorum act
seed 53208
at 6802 holder crashes with the claim for 16491
at 7453 host A is isolated for 7898
at 6167 server B crashes for 2617
at 11205 links C and A lose 26 percent for 6453
expect commands 0-1 moves 1-3 alive 1 harm 0 outage 4500
