/* SPDX-License-Identifier: PostgreSQL
 *
 * What the runner's `endless' looks for: a run that goes on for ever once faults and repair are over.
 */
#ifdef ENDLESS
never {
before:	if
	:: over -> goto accept
	:: 1 -> goto before
	fi;
accept:	if
	:: 1 -> goto accept
	fi
}
#endif
